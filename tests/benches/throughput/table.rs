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

    pub(crate) fn print(&self) {
        note(&format!(
            "{:<52} {:>12} {:>12} {:>7}  unit",
            "what", "ours", "raw", "ratio"
        ));
        for (what, ours, raw, unit) in &self.0 {
            let number = |value: f64| {
                if value >= 1000.0 {
                    format!("{value:.0}")
                } else {
                    format!("{value:.2}")
                }
            };
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
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
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
