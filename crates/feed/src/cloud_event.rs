//! Frames as CloudEvents 1.0 in structured mode, for webhooks and server-sent events.

use serde::Serialize;

use super::Frame;

/// The type of every event.
const TYPE: &str = "detente.relation.changed.v1";
/// The source of every event.
const SOURCE: &str = "/v1/changes";

/// A frame in the envelope of CloudEvents 1.0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct CloudEvent<'a> {
    /// The version of the envelope: `1.0`.
    specversion: &'static str,
    /// The frame's cursor.
    id: &'a str,
    /// The source: `/v1/changes`.
    source: &'static str,
    /// The type: `detente.relation.changed.v1`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The relation: both codes, in order, such as `AFG-TJK`.
    subject: &'a str,
    /// `application/json`.
    datacontenttype: &'static str,
    /// The frame.
    data: &'a Frame,
}

impl<'a> CloudEvent<'a> {
    /// The media type of structured mode.
    pub const MEDIA_TYPE: &'static str = "application/cloudevents+json";

    /// Wraps a frame.
    #[must_use]
    pub fn new(frame: &'a Frame) -> Self {
        Self {
            specversion: "1.0",
            id: &frame.cursor,
            source: SOURCE,
            kind: TYPE,
            subject: &frame.relation,
            datacontenttype: "application/json",
            data: frame,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;
    use serde_json::json;

    #[test]
    fn the_id_of_a_cloud_event_is_the_cursor_of_its_frame() {
        let frame = fixtures::frame(7);
        let written = serde_json::to_value(CloudEvent::new(&frame)).unwrap();
        let wanted = json!({
            "specversion": "1.0", "id": "p-7", "source": "/v1/changes",
            "type": "detente.relation.changed.v1", "subject": "AFG-TJK",
            "datacontenttype": "application/json",
            "data": {"cursor": "p-7", "relation": "AFG-TJK", "position": 7, "changes": []},
        });
        assert_eq!(written, wanted);
    }
}
