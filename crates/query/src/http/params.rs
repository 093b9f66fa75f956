//! Parameters in an address, read strictly: one that is not known is refused, not ignored.

use axum::extract::Query as Pairs;
use axum::http::{HeaderMap, Uri};
use detente_api::{Code, Refusal};
use detente_http::{Form, Wanted};

pub(super) use detente_read_model::params::{WAY, bad};

/// The parameters of an address.
#[derive(Debug)]
pub(super) struct Params(detente_read_model::params::Params);

impl std::ops::Deref for Params {
    type Target = detente_read_model::params::Params;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// What every read with both clocks takes.
pub(super) const CLOCKS: [&str; 3] = ["at", "known_at", "min_position"];
/// What every list takes.
pub(super) const LIST: [&str; 4] = ["limit", "from", "format", "bom"];
/// What every view takes.
pub(super) const VIEW: [&str; 1] = ["format"];

impl Params {
    /// Reads the parameters of an address.
    pub(super) fn read(uri: &Uri, known: &[&[&str]]) -> Result<Self, Refusal> {
        let known: Vec<&str> = known.concat();
        let pairs = Pairs::<Vec<(String, String)>>::try_from_uri(uri).map_err(|error| {
            let message = format!("the parameters cannot be read: {error}");
            Refusal::new(Code::BadQuery, message)
        })?;
        for (name, _) in &pairs.0 {
            if !known.contains(&name.as_str()) {
                let message = format!("there is no parameter {name:?} here");
                let refusal = Refusal::new(Code::BadQuery, message);
                return Err(refusal.field(name.clone()).given(name).allowed(known));
            }
        }
        Ok(Self(detente_read_model::params::Params(pairs.0)))
    }

    /// The form that is asked for, of those that there are.
    pub(super) fn wanted(&self, headers: &HeaderMap, offered: &[Form]) -> Result<Wanted, Refusal> {
        Wanted::of(headers, self.one("format")?, self.one("bom")?, offered)
    }

    /// The parameters as they were given, as a relative address: with another `before`, or without.
    pub(super) fn address(&self, before: Option<Option<&str>>) -> String {
        let kept = self
            .0
            .0
            .iter()
            .filter(|(name, _)| before.is_none() || name != "before");
        let kept = kept.map(|(name, value)| (name.as_str(), value.as_str()));
        let added = before.flatten().map(|before| ("before", before));
        let pairs: Vec<String> = kept
            .chain(added)
            .map(|(name, value)| format!("{name}={}", escaped(value)))
            .collect();
        format!("?{}", pairs.join("&"))
    }
}

/// A value as it stands in an address.
fn escaped(value: &str) -> String {
    let mut text = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use detente_read_model::queries::LIMIT_DEFAULT;

    fn read(query: &str, known: &[&[&str]]) -> Result<Params, Refusal> {
        Params::read(&format!("/x?{query}").parse().unwrap(), known)
    }

    #[test]
    fn a_parameter_that_is_not_known_is_refused_with_those_that_are() {
        let refusal = read("at=2023-01-01&knownat=3", &[&CLOCKS]).unwrap_err();
        assert_eq!(refusal.code, Code::BadQuery);
        assert_eq!(refusal.field.as_deref(), Some("knownat"));
        assert_eq!(refusal.allowed, CLOCKS);
    }

    #[test]
    fn a_parameter_given_twice_is_refused() {
        let params = read("at=2023-01-01&at=2024-01-01", &[&CLOCKS]).unwrap();
        assert_eq!(
            params.one("at").map_err(|refusal| refusal.code),
            Err(Code::BadQuery)
        );
        assert_eq!(params.one("known_at"), Ok(None));
    }

    #[test]
    fn a_list_of_values_may_be_repeated_or_have_commas() {
        let params = read("country=TJK,%20KAZ&country=UZB&country=", &[&["country"]]).unwrap();
        assert_eq!(
            params.many("country").collect::<Vec<_>>(),
            ["TJK", "KAZ", "UZB"]
        );
    }

    #[test]
    fn a_limit_is_a_number_within_its_bounds() {
        let limit = |text: &str| read(&format!("limit={text}"), &[&LIST]).unwrap().limit();
        assert_eq!(limit("1"), Ok(1));
        assert_eq!(limit("1000"), Ok(1000));
        for bad in ["0", "1001", "-1", "%2B5", "many", ""] {
            assert_eq!(
                limit(bad).map_err(|refusal| refusal.code),
                Err(Code::BadQuery),
                "{bad}"
            );
        }
        assert_eq!(read("", &[&LIST]).unwrap().limit(), Ok(LIMIT_DEFAULT));
    }
}
