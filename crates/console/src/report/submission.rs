//! What a form has, as the JSON of the API.

use detente_domain::details::{Field, Type};
use detente_domain::kind::Kind;
use serde_json::{Map, Value, json};

use crate::form::Fields;

/// Returns the event that a form has. It may be invalid: the API says what is wrong with it.
pub(crate) fn event(kind: Kind, fields: &Fields) -> Value {
    let recipients: Vec<&str> = fields.all("recipients").collect();
    let actors: Vec<&str> = fields.all("actors").collect();
    let mut event = json!({
        "kind": kind.as_str(),
        "recipients": recipients,
        "details": details(fields),
        "title": texts(fields, "title."),
        "report": report(fields),
    });
    if !actors.is_empty() {
        event["actors"] = actors.into();
    }
    for name in ["id", "occurred"] {
        let value = fields.get(name);
        if !value.is_empty() {
            event[name] = value.into();
        }
    }
    event
}

/// Returns the details. A number that is none stays a text, which is refused.
fn details(fields: &Fields) -> Map<String, Value> {
    let details = fields.below("details.").map(|(name, value)| {
        let is_count = Field::parse(name).is_some_and(|field| field.ty() == Type::Count);
        let count = is_count.then(|| value.parse::<u64>().ok()).flatten();
        (
            name.to_owned(),
            count.map_or_else(|| value.into(), Value::from),
        )
    });
    details.collect()
}

/// Returns the publication. Its grade is made of two fields.
pub(crate) fn report(fields: &Fields) -> Map<String, Value> {
    let mut report = texts(fields, "report.");
    let grade: String = ["reliability", "credibility"]
        .map(|name| fields.get(name))
        .concat();
    if !grade.is_empty() {
        report.insert("grade".to_owned(), grade.into());
    }
    report
}

fn texts(fields: &Fields, prefix: &'static str) -> Map<String, Value> {
    let texts = fields.below(prefix);
    texts
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(values: &[(&str, &str)]) -> Fields {
        let values = values.iter();
        Fields::new(values.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn a_filled_form_is_the_json_of_an_event() {
        let fields = fields(&[
            ("step", "preview"),
            ("id", "0190f0f0-0000-7000-8000-000000000001"),
            ("actors", "Tajikistan"),
            ("actors", ""),
            ("recipients", "AFG"),
            ("occurred", "2023-03"),
            ("details.host", "AFG"),
            ("details.people", "12"),
            ("title.ar", "افتتاح"),
            ("report.publisher", "A paper"),
            ("reliability", "B"),
            ("credibility", "2"),
        ]);
        assert_eq!(
            event(Kind::MissionOpened, &fields),
            json!({
                "id": "0190f0f0-0000-7000-8000-000000000001", "kind": "mission.opened",
                "actors": ["Tajikistan"], "recipients": ["AFG"], "occurred": "2023-03",
                "details": {"host": "AFG", "people": 12}, "title": {"ar": "افتتاح"},
                "report": {"publisher": "A paper", "grade": "B2"}
            })
        );
    }

    #[test]
    fn what_is_missing_or_wrong_is_refused_by_the_api_at_its_field() {
        let fields = fields(&[
            ("details.people", "many"),
            ("occurred", "yesterday"),
            ("reliability", "B"),
        ]);
        let event = event(Kind::EnvoyRecalled, &fields);
        let refused = detente_api::submission::event(&event).expect_err("is refused");
        let refused: Vec<&str> = refused
            .iter()
            .filter_map(|refusal| refusal.field.as_deref())
            .collect();
        for field in [
            "actors",
            "occurred",
            "title",
            "report.publisher",
            "report.grade",
            "details.people",
            "details.host",
        ] {
            assert!(refused.contains(&field), "{field}: {refused:?}");
        }
    }
}
