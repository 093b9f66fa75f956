//! Numbers with their decimals.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Writes millionths with three decimals, rounded down.
#[must_use]
pub fn units(micro: u64) -> String {
    format!("{}.{:03}", micro / 1_000_000, micro / 1_000 % 1_000)
}

/// Writes thousandths without trailing zeros.
#[must_use]
pub fn milli(thousandths: i64) -> String {
    let sign = if thousandths < 0 { "-" } else { "" };
    let all = thousandths.unsigned_abs();
    let rest = format!("{:03}", all % 1_000);
    let rest = rest.trim_end_matches('0');
    let rest = if rest.is_empty() { "0" } else { rest };
    format!("{sign}{}.{rest}", all / 1_000)
}

/// The most tenths that are exact as a floating-point number.
const EXACT_MAX: i64 = 1 << 50;

/// A number with one decimal, kept exactly as its tenths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal1(i64);

impl Decimal1 {
    /// Rounds thousandths to one decimal, half away from zero.
    #[must_use]
    pub const fn from_thousandths(thousandths: i64) -> Self {
        let (whole, rest) = (thousandths / 100, thousandths % 100);
        Self(if rest >= 50 {
            whole + 1
        } else if rest <= -50 {
            whole - 1
        } else {
            whole
        })
    }

    /// Returns the nearest floating-point number: exact up to 2^50 tenths, and clamped to that.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "clamped to what is exact")]
    pub fn to_f64(self) -> f64 {
        self.0.clamp(-EXACT_MAX, EXACT_MAX) as f64 / 10.0
    }
}

impl std::fmt::Display for Decimal1 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(
            f,
            "{sign}{}.{}",
            self.0.unsigned_abs() / 10,
            self.0.unsigned_abs() % 10
        )
    }
}

impl JsonSchema for Decimal1 {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("Decimal1")
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({"type": "number", "description": "With one decimal."})
    }
}

impl Serialize for Decimal1 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.to_f64())
    }
}

impl<'de> Deserialize<'de> for Decimal1 {
    #[expect(clippy::cast_possible_truncation, reason = "saturates")]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        f64::deserialize(deserializer).map(|number| Self((number * 10.0).round() as i64))
    }
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

    #[test]
    fn half_is_rounded_away_from_zero_and_written_with_one_decimal() {
        for (thousandths, text) in [
            (0, "0.0"),
            (49, "0.0"),
            (-49, "0.0"),
            (50, "0.1"),
            (-50, "-0.1"),
            (-3449, "-3.4"),
            (-3450, "-3.5"),
            (8800, "8.8"),
            (10_000, "10.0"),
            (123_456_789, "123456.8"),
        ] {
            let number = Decimal1::from_thousandths(thousandths);
            let json = serde_json::to_string(&number).unwrap();
            assert_eq!(json, text, "{thousandths}");
            assert_eq!(number.to_string(), text);
            assert_eq!(serde_json::from_str::<Decimal1>(&json).unwrap(), number);
        }
    }
}
