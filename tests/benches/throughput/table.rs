//! The result table, medians and quantiles.

/// Rows: name, our figure, that of raw JetStream, unit.
#[derive(Default)]
pub(crate) struct Table(Vec<(String, f64, Option<f64>, &'static str)>);

impl Table {
    pub(crate) fn row(&mut self, what: &str, ours: f64, raw: Option<f64>, unit: &'static str) {
        let beside = raw.map_or(String::new(), |raw| format!(", raw {raw:.2}"));
        note(&format!("  {what}: {ours:.2}{beside} {unit}"));
        self.0.push((what.to_owned(), ours, raw, unit));
    }

    /// Adds a row for each quantile of latencies in milliseconds, sorted, beside those of raw
    /// JetStream.
    pub(crate) fn latencies(&mut self, what: &str, ours: &[f64], raw: &[f64]) {
        for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
            let raw = (!raw.is_empty()).then(|| quantile(raw, share));
            self.row(&format!("{what}, {name}"), quantile(ours, share), raw, "ms");
        }
    }

    pub(crate) fn print(&self) {
        note(&format!(
            "{:<52} {:>12} {:>12} {:>7}  unit",
            "what", "ours", "raw", "ratio"
        ));
        let number = |value: f64| {
            let decimals = if value >= 1000.0 { 0 } else { 2 };
            format!("{value:.decimals$}")
        };
        for (what, ours, raw, unit) in &self.0 {
            let raw_text = raw.map_or("-".to_owned(), number);
            let ratio = raw.map_or("-".to_owned(), |raw| format!("{:.2}", ours / raw));
            let ours = number(*ours);
            note(&format!(
                "{what:<52} {ours:>12} {raw_text:>12} {ratio:>7}  {unit}"
            ));
        }
    }
}

/// Returns the median.
pub(crate) fn median(figures: Vec<f64>) -> f64 {
    quantile(&sorted(figures), 0.5)
}

/// Sorts figures.
pub(crate) fn sorted(mut figures: Vec<f64>) -> Vec<f64> {
    figures.sort_by(f64::total_cmp);
    figures
}

/// Returns the value below which a share of all lies.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1) as f64;
    sorted
        .get((last * share).round() as usize)
        .copied()
        .unwrap_or(f64::NAN)
}

#[expect(clippy::print_stdout, reason = "a bench prints its figures")]
pub(crate) fn note(line: &str) {
    println!("{line}");
}
