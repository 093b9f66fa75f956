//! Splits a file into rows. The server checks the rows.

use detente_api::submission::{BodyFormat, Refused};
use detente_api::{Code, Refusal};
use detente_client::Row;
use serde_json::Value;

/// Splits a file into rows, which `row` makes of their numbers and values, and refuses those that
/// are not JSON.
pub(super) fn split(body: &[u8], row: impl Fn(usize, Value) -> Row) -> (Vec<Row>, Vec<Refused>) {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let mut rows = Vec::new();
    let mut refused = Vec::new();
    let mut add = |number: usize, parsed: serde_json::Result<Value>| match parsed {
        Ok(value) => rows.push(row(number, value)),
        Err(error) => refused.push(refusal(number, Code::BadJson, &error.to_string())),
    };
    match BodyFormat::guess(body) {
        BodyFormat::Ndjson => {
            for (place, line) in body.split(|byte| *byte == b'\n').enumerate() {
                let line = line.trim_ascii();
                if !line.is_empty() && !line.starts_with(b"#") {
                    add(place + 1, serde_json::from_slice(line));
                }
            }
        }
        BodyFormat::Json | BodyFormat::CloudEvent | BodyFormat::CloudEvents => {
            match serde_json::from_slice(body) {
                Ok(Value::Array(values)) => {
                    for (place, value) in values.into_iter().enumerate() {
                        add(place + 1, Ok(value));
                    }
                }
                parsed => add(1, parsed),
            }
        }
    }
    if rows.is_empty() && refused.is_empty() {
        refused.push(refusal(1, Code::EmptyBody, "there is no event in it"));
    }
    (rows, refused)
}

fn refusal(row: usize, code: Code, message: &str) -> Refused {
    Refused {
        row,
        refusals: vec![Refusal::new(code, message)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
}
