//! Frames and changes for tests.

use detente_api::view::{ChangeView, Frame};
use serde_json::{Value, json};

/// Returns a frame of Afghanistan and Tajikistan without changes.
pub(crate) fn frame(position: u64) -> Frame {
    Frame {
        cursor: format!("p-{position}"),
        relation: "AFG-TJK".to_owned(),
        position,
        changes: Vec::new(),
        omitted: 0,
    }
}

/// Returns a change of missions at position 7, with some fields replaced.
pub(crate) fn change(fields: Value) -> ChangeView {
    let mut change = json!({
        "relation": "AFG-TJK", "direction": null, "dimension": "missions", "key": null,
        "from": "unknown", "to": "open", "was_uncertain": false, "uncertain": false,
        "day": "2023-03-23", "until": null, "occasion": "happened", "causes": [],
        "lag_days": null, "position": 7
    });
    let Value::Object(fields) = fields else {
        panic!("not an object: {fields}")
    };
    for (name, value) in fields {
        change[name] = value;
    }
    serde_json::from_value(change).unwrap()
}
