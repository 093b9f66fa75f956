//! The rows of a file as lines of JSON, each with an id.
//!
//! What a row says is for the service to judge; here it is only parted from the next.

use detente_wire::json::{Form, Refused};
use detente_wire::{Code, Refusal};
use serde_json::Value;

use crate::ambient;

/// A row to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Its number in the file: of the line, or of the element.
    pub(super) number: usize,
    /// It as one line of JSON.
    pub(super) line: String,
}

/// The rows of a file, and those that are not JSON.
pub(super) fn read(body: &[u8]) -> (Vec<Row>, Vec<Refused>) {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let mut rows = Vec::new();
    let mut refused = Vec::new();
    let mut take = |number: usize, read: serde_json::Result<Value>| match read {
        Ok(value) => rows.push(Row {
            number,
            line: with_id(value).to_string(),
        }),
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

fn with_id(mut value: Value) -> Value {
    if let Some(object) = value.as_object_mut()
        && object.get("id").is_none_or(Value::is_null)
    {
        object.insert("id".to_owned(), Value::String(ambient::id().to_string()));
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_their_line_numbers_and_get_ids_once() {
        let id = "e3453d4a-ae0e-5680-90dc-c727fc64e84a";
        let file = format!("# a comment\n\n{{\"id\":\"{id}\"}}\n{{\"kind\":\"x\"}}\n{{bad\n");
        let (rows, refused) = read(file.as_bytes());
        let numbers: Vec<usize> = rows.iter().map(|row| row.number).collect();
        assert_eq!(numbers, [3, 4]);
        assert!(rows[0].line.contains(id));
        let second: Value = serde_json::from_str(&rows[1].line).unwrap();
        assert!(
            second["id"]
                .as_str()
                .is_some_and(|id| uuid::Uuid::try_parse(id).is_ok())
        );
        assert_eq!(refused.iter().map(|row| row.row).collect::<Vec<_>>(), [5]);
    }

    #[test]
    fn an_array_has_a_row_for_each_element_and_an_empty_file_one_refusal() {
        assert_eq!(read(b"[{}, {}, 3]").0.len(), 3);
        let (rows, refused) = read(b"# nothing\n");
        assert!(rows.is_empty());
        assert_eq!(refused[0].refusals[0].code, Code::EmptyBody);
    }
}
