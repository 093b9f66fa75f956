//! Versions of NATS servers.

use std::fmt;

/// The oldest supported server: the first with atomic batches.
pub const MIN_VERSION: Version = Version {
    major: 2,
    minor: 12,
    patch: 0,
};

/// A server's version, without its pre-release part.
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
    /// Parses `2.15.1`, `v2.15.1`, `2.14` or `2.12.0-preview.2`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let mut numbers = text.strip_prefix('v').unwrap_or(text).splitn(3, '.');
        Some(Self {
            major: numbers.next()?.parse().ok()?,
            minor: leading_number(numbers.next()?)?,
            patch: numbers.next().and_then(leading_number).unwrap_or(0),
        })
    }

    /// Returns true if it is at least [`MIN_VERSION`].
    pub fn is_supported(self) -> bool {
        self >= MIN_VERSION
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

fn leading_number(text: &str) -> Option<u32> {
    text.split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_parsed_and_compared() {
        let read = |text| Version::parse(text).map(|v| v.to_string());
        assert_eq!(read("2.15.1").as_deref(), Some("2.15.1"));
        assert_eq!(read("v2.12.0-preview.2\n").as_deref(), Some("2.12.0"));
        assert_eq!(read("2.14").as_deref(), Some("2.14.0"));
        assert_eq!(read("two"), None);
        assert!(Version::parse("2.12.0").is_some_and(Version::is_supported));
        assert!(Version::parse("2.11.9").is_some_and(|v| !v.is_supported()));
        assert!(Version::parse("3.0.0").is_some_and(Version::is_supported));
    }
}
