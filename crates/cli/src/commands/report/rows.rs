//! The rows of a file as lines of JSON, each with an id.
//!
//! What a row says is for the service to judge; here it is only parted from the next.

use detente_api::json::{Form, Refused};
use detente_api::{Code, Refusal};
use detente_client::{Client, Rows};
use serde_json::Value;

/// The rows of a file, and those that are not JSON.
pub(super) fn read(client: &Client, body: &[u8]) -> (Rows, Vec<Refused>) {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let mut rows = Rows::default();
    let mut refused = Vec::new();
    let mut take = |number: usize, read: serde_json::Result<Value>| match read {
        Ok(value) => client.push(&mut rows, number, value),
        Err(error) => {
            let refusal = Refusal::new(Code::BadJson, error.to_string());
            refused.push(Refused {
                row: number,
                refusals: vec![refusal],
            });
        }
    };
    match Form::guess(body) {
        Form::Ndjson => {
            for (place, line) in body.split(|byte| *byte == b'\n').enumerate() {
                let line = line.trim_ascii();
                if !line.is_empty() && !line.starts_with(b"#") {
                    take(place + 1, serde_json::from_slice(line));
                }
            }
        }
        Form::Json | Form::CloudEvent | Form::CloudEvents => match serde_json::from_slice(body) {
            Ok(Value::Array(values)) => {
                for (place, value) in values.into_iter().enumerate() {
                    take(place + 1, Ok(value));
                }
            }
            read => take(1, read),
        },
    }
    if rows.is_empty() && refused.is_empty() {
        let refusal = Refusal::new(Code::EmptyBody, "there is no event in it");
        refused.push(Refused {
            row: 1,
            refusals: vec![refusal],
        });
    }
    (rows, refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parted(body: &[u8]) -> (Rows, Vec<Refused>) {
        let client = Client::builder("http://127.0.0.1:1").build().unwrap();
        read(&client, body)
    }

    #[test]
    fn rows_keep_their_line_numbers_and_get_ids_once() {
        let id = "e3453d4a-ae0e-5680-90dc-c727fc64e84a";
        let file = format!("# a comment\n\n{{\"id\":\"{id}\"}}\n{{\"kind\":\"x\"}}\n{{bad\n");
        let (rows, refused) = parted(file.as_bytes());
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
        assert_eq!(parted(b"[{}, {}, 3]").0.len(), 3);
        let (rows, refused) = parted(b"# nothing\n");
        assert!(rows.is_empty());
        assert_eq!(refused[0].refusals[0].code, Code::EmptyBody);
    }
}
