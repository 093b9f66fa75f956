//! Decimal numbers, parsed digit by digit into thousandths.

/// Digits after the point.
const PLACES: usize = 3;

/// Parses a decimal number into thousandths. Returns `None` for a number with more decimals or
/// more than nine digits before the point, and for other forms (`1e3`, `inf`).
pub(crate) fn thousandths(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let (kept, finer) = part.split_at(part.len().min(PLACES));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 9 || !all_digits(whole) || !all_digits(kept) {
        return None;
    }
    if finer.bytes().any(|byte| byte != b'0') {
        return None;
    }
    let number: i64 = format!("{whole}{kept:0<PLACES$}").parse().ok()?;
    Some(sign * number)
}

#[cfg(test)]
mod tests {
    use super::thousandths;

    #[test]
    fn decimals_parse_exactly() {
        for (text, expected) in [
            ("0", 0),
            ("2", 2000),
            ("-2.0", -2000),
            ("0.3", 300),
            ("0.001", 1),
            ("+1.25", 1250),
            ("0.1000", 100),
            ("-0.0", 0),
            ("999999999.999", 999_999_999_999),
        ] {
            assert_eq!(thousandths(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn other_text_does_not_parse() {
        for text in [
            "",
            "-",
            ".5",
            "1e3",
            "inf",
            "nan",
            "0.0001",
            "1.2.3",
            "0x10",
            "1_0",
            "9999999999",
            "١",
        ] {
            assert_eq!(thousandths(text), None, "{text}");
        }
    }
}
