//! Addresses of pages, and of the API, that carry both clocks.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What is written as it is in a query: what RFC 3986 leaves unreserved, and what reads better.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b':')
    .remove(b',');

/// The parameters of the two clocks.
pub(crate) const CLOCKS: [&str; 2] = ["at", "known_at"];

/// Writes an address from a path and the pairs of its query.
pub(crate) fn address<'a>(
    path: &str,
    pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> String {
    let mut address = path.to_owned();
    for (index, (name, value)) in pairs.into_iter().enumerate() {
        address.push(if index == 0 { '?' } else { '&' });
        address.extend(utf8_percent_encode(name, PLAIN));
        address.push('=');
        address.extend(utf8_percent_encode(value, PLAIN));
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_encoded_so_that_it_is_read_back() {
        let pairs = [
            ("known_at", "2023-04-18T10:00:00+05:00"),
            ("title", "حدود & «x»"),
        ];
        let address = address("/en/", pairs);
        assert!(address.starts_with("/en/?known_at=2023-04-18T10:00:00%2B05:00&title=%D8"));
        assert!(!address.contains(' ') && !address.contains('«'));
    }
}
