//! Splits a file into rows. The server checks the rows.

use detente_api::submission::{BodyFormat, Refused, json_rows};
use detente_client::Row;
use serde_json::Value;

/// Splits a file into rows, which `row` makes of their numbers and values, and refuses those that
/// are not JSON, as the server would.
pub(super) fn split(body: &[u8], row: impl Fn(usize, Value) -> Row) -> (Vec<Row>, Vec<Refused>) {
    let mut rows = Vec::new();
    let mut refused = Vec::new();
    for (number, parsed) in json_rows(body, BodyFormat::guess(body)) {
        match parsed {
            Ok(value) => rows.push(row(number, value)),
            Err(refusals) => refused.push(Refused {
                row: number,
                refusals,
            }),
        }
    }
    (rows, refused)
}

#[cfg(test)]
mod tests {
    use super::*;
    use detente_api::Code;
    use detente_client::Client;

    fn split_body(body: &[u8]) -> (Vec<Row>, Vec<Refused>) {
        let client = Client::builder("http://127.0.0.1:1").build().unwrap();
        split(body, |number, value| client.row(number, value))
    }

    #[test]
    fn rows_keep_their_line_numbers_and_get_ids_once() {
        let id = "e3453d4a-ae0e-5680-90dc-c727fc64e84a";
        let file = format!("# a comment\n\n{{\"id\":\"{id}\"}}\n{{\"kind\":\"x\"}}\n{{bad\n");
        let (rows, refused) = split_body(file.as_bytes());
        let numbers: Vec<usize> = rows.iter().map(|row| row.number).collect();
        assert_eq!(numbers, [3, 4]);
        let lines: Vec<&str> = rows.iter().map(|row| row.line.as_str()).collect();
        assert!(lines[0].contains(id));
        let second: Value = serde_json::from_str(lines[1]).unwrap();
        assert!(
            second["id"]
                .as_str()
                .is_some_and(|id| uuid::Uuid::try_parse(id).is_ok())
        );
        assert_eq!(refused.iter().map(|row| row.row).collect::<Vec<_>>(), [5]);
    }

    #[test]
    fn an_array_has_a_row_for_each_element_and_an_empty_file_one_refusal() {
        assert_eq!(split_body(b"[{}, {}, 3]").0.len(), 3);
        let (rows, refused) = split_body(b"# nothing\n");
        assert!(rows.is_empty());
        assert_eq!(refused[0].refusals[0].code, Code::EmptyBody);
    }

    #[test]
    fn what_is_no_row_is_refused_in_the_words_of_the_server() {
        let two = "{\n\"a\": 1\n}\n{\n\"a\": 2\n}";
        let utf16: Vec<u8> = two.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for body in [
            &b""[..],
            b"{\"a\": 1, \"a\": 2}",
            b"[{\"a\": \"\xe9\"}, {},]",
            two.as_bytes(),
            utf16.as_slice(),
        ] {
            let expected: Vec<Refused> = json_rows(body, BodyFormat::guess(body))
                .filter_map(|(row, parsed)| parsed.err().map(|refusals| Refused { row, refusals }))
                .collect();
            assert!(!expected.is_empty(), "{body:?}");
            assert_eq!(split_body(body).1, expected, "{body:?}");
        }
    }
}
