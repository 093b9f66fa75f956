//! Whole numbers of thousandths and millionths, written with their decimals.

/// Writes millionths with three decimals, rounded down.
pub(super) fn units(micro: u64) -> String {
    format!("{}.{:03}", micro / 1_000_000, micro / 1_000 % 1_000)
}

/// Writes thousandths without trailing zeros.
pub(super) fn milli(thousandths: i64) -> String {
    let sign = if thousandths < 0 { "-" } else { "" };
    let all = thousandths.unsigned_abs();
    let rest = format!("{:03}", all % 1_000);
    let rest = rest.trim_end_matches('0');
    let rest = if rest.is_empty() { "0" } else { rest };
    format!("{sign}{}.{rest}", all / 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        assert_eq!(units(1_234_567), "1.234");
        assert_eq!(units(999), "0.000");
        assert_eq!(
            [-500, 0, 1_250, 2_000].map(milli),
            ["-0.5", "0.0", "1.25", "2.0"]
        );
    }
}
