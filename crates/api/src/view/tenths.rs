//! Numbers with one decimal.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A number with one decimal, kept exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tenths(i64);

impl Tenths {
    /// From thousandths, rounded half away from zero.
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

    /// How many tenths.
    #[must_use]
    pub const fn tenths(self) -> i64 {
        self.0
    }

    /// The number, for forms that have no exact one.
    #[must_use]
    pub const fn number(self) -> f64 {
        float(self.0)
    }
}

impl std::fmt::Display for Tenths {
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

/// Beyond this, a number with one decimal is not exact in JSON; nothing of ours comes near.
const EXACT_MAX: i64 = 1 << 50;

#[expect(clippy::cast_precision_loss, reason = "clamped to what is exact")]
const fn float(tenths: i64) -> f64 {
    let clamped = if tenths > EXACT_MAX {
        EXACT_MAX
    } else if tenths < -EXACT_MAX {
        -EXACT_MAX
    } else {
        tenths
    };
    clamped as f64 / 10.0
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "saturates, and nothing of ours comes near"
)]
fn tenths(number: f64) -> i64 {
    (number * 10.0).round() as i64
}

impl JsonSchema for Tenths {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("Tenths")
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({"type": "number", "description": "With one decimal."})
    }
}

impl Serialize for Tenths {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(float(self.0))
    }
}

impl<'de> Deserialize<'de> for Tenths {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        f64::deserialize(deserializer).map(|number| Self(tenths(number)))
    }
}

#[cfg(test)]
mod tests {
    use super::Tenths;

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
            let number = Tenths::from_thousandths(thousandths);
            let json = serde_json::to_string(&number).unwrap();
            assert_eq!(json, text, "{thousandths}");
            assert_eq!(number.to_string(), text);
            assert_eq!(serde_json::from_str::<Tenths>(&json).unwrap(), number);
        }
    }
}
