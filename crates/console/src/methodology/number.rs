//! Numbers of a rulebook, which are thousandths, in decimals.

/// Writes thousandths with as many decimals as they have, and a true minus sign.
pub(super) fn decimal(thousandths: i64) -> String {
    let sign = if thousandths < 0 { "−" } else { "" };
    let digits = thousandths.unsigned_abs();
    let (whole, rest) = (digits / 1000, digits % 1000);
    if rest == 0 {
        return format!("{sign}{whole}");
    }
    let decimals = format!("{rest:03}");
    format!("{sign}{whole}.{}", decimals.trim_end_matches('0'))
}

/// Writes a number of the API, which has at most three decimals.
pub(super) fn weight(number: f64) -> String {
    // The view made it from thousandths, so nothing is lost.
    let text = format!("{:.3}", number.abs());
    let text = text.trim_end_matches('0').trim_end_matches('.');
    let sign = if number < 0.0 { "−" } else { "+" };
    format!("{sign}{text}")
}

/// Writes thousandths as a percentage.
pub(super) fn percent(thousandths: u32) -> String {
    let text = decimal(i64::from(thousandths) * 100);
    format!("{text} %")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousandths_have_only_the_decimals_that_they_need() {
        assert_eq!(
            [0, 500, -2000, 2556, -300, 810].map(decimal),
            ["0", "0.5", "−2", "2.556", "−0.3", "0.81"]
        );
        assert_eq!([2.7, -2.0, 0.25].map(weight), ["+2.7", "−2", "+0.25"]);
        assert_eq!([300, 1000, 125].map(percent), ["30 %", "100 %", "12.5 %"]);
    }
}
