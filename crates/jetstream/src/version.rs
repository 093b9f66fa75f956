//! The version of a NATS server, as far as we need to compare it.

use std::fmt;

/// The oldest server that has atomic batches and everything else that we ask for.
pub const NEEDED: Version = Version {
    major: 2,
    minor: 12,
    patch: 0,
};

/// A server's version; pre-release tails are dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The first number.
    pub major: u32,
    /// The second number.
    pub minor: u32,
    /// The third number.
    pub patch: u32,
}

impl Version {
    /// Reads `2.15.1`, `v2.15.1` or `2.12.0-preview.2`.
    pub fn parse(text: &str) -> Option<Version> {
        let text = text.trim();
        let text = text.strip_prefix('v').unwrap_or(text);
        let mut numbers = text.splitn(3, '.');
        let major = numbers.next()?.parse().ok()?;
        let minor = leading_number(numbers.next()?)?;
        let patch = numbers.next().and_then(leading_number).unwrap_or(0);
        Some(Version {
            major,
            minor,
            patch,
        })
    }

    /// Whether a server of this version will do.
    pub fn is_enough(self) -> bool {
        self >= NEEDED
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

fn leading_number(text: &str) -> Option<u32> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_compared() {
        let read = |text| Version::parse(text).map(|v| v.to_string());
        assert_eq!(read("2.15.1").as_deref(), Some("2.15.1"));
        assert_eq!(read("v2.12.0-preview.2\n").as_deref(), Some("2.12.0"));
        assert_eq!(read("2.14").as_deref(), Some("2.14.0"));
        assert_eq!(read("two"), None);
        assert!(Version::parse("2.12.0").is_some_and(Version::is_enough));
        assert!(Version::parse("2.11.9").is_some_and(|v| !v.is_enough()));
        assert!(Version::parse("3.0.0").is_some_and(Version::is_enough));
    }
}
