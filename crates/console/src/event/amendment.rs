//! The fields of amendments, and what they have as the JSON of the API.

use std::collections::BTreeSet;

use detente_api::submission::{Amend, DetailDto, EventDto};
use detente_api::view::{EventLookup, KindView};
use detente_domain::kind::Kind;
use detente_domain::party::Party;
use detente_read_model::ReadSource as _;
use maud::{Markup, html};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::amend::Target;
use crate::ask::Ask;
use crate::form::{Field, Fields};
use crate::report::fields::{content, party, publication};
use crate::report::kinds::options;
use crate::report::submission;

/// The fields that an amendment replaces whole.
const WHOLE: [&str; 4] = ["kind", "actors", "recipients", "occurred"];

/// Returns the name of an operation.
pub(super) const fn key(amend: Amend) -> &'static str {
    match amend {
        Amend::Corroborate => "amend-corroborate",
        Amend::Dispute => "amend-dispute",
        Amend::Correct => "amend-correct",
        Amend::Retract => "amend-retract",
        Amend::Link => "amend-link",
        Amend::Unlink => "amend-unlink",
    }
}

/// Returns what an operation does.
pub(super) const fn effect_key(amend: Amend) -> &'static str {
    match amend {
        Amend::Corroborate => "amend-corroborate-effect",
        Amend::Dispute => "amend-dispute-effect",
        Amend::Correct => "amend-correct-effect",
        Amend::Retract => "amend-retract-effect",
        Amend::Link => "amend-link-effect",
        Amend::Unlink => "amend-unlink-effect",
    }
}

/// Fills in what an event has, for a correction.
pub(super) fn prefill(ask: &Ask, target: &Target, fields: &mut Fields) {
    let (Amend::Correct, Some(event)) = (target.amend, target.event()) else {
        return;
    };
    for (name, codes) in [("actors", &event.actors), ("recipients", &event.recipients)] {
        if fields.get(name).is_empty() {
            for code in codes {
                fields.push(name, ask.name_of(code));
            }
        }
    }
    fields.set_default("kind", &event.kind);
    fields.set_default("occurred", &event.occurred);
    for (field, value) in &event.details {
        let text = value.to_string();
        let name = match value {
            DetailDto::Text(code) if is_party(field) => ask.name_of(code),
            _ => text.as_str(),
        };
        fields.set_default(&format!("details.{field}"), name);
    }
    for (lang, title) in &event.title {
        fields.set_default(&format!("title.{lang}"), title);
    }
}

/// Returns the record that an amendment is about: for a retraction, any one about the event.
pub(super) fn record(target: &Target, fields: &Fields) -> Uuid {
    let record = Uuid::try_parse(fields.get("record")).ok();
    let record = record.filter(|_| target.amend == Amend::Retract);
    record.unwrap_or(target.id)
}

/// Returns what a form has. It may be invalid: the API says what is wrong with it.
pub(super) fn value(target: &Target, fields: &Fields) -> Value {
    let text = |name| Value::from(fields.get(name));
    let report = || submission::report(fields);
    let mut value = match target.amend {
        Amend::Corroborate => json!({"report": report()}),
        Amend::Dispute => json!({"by": text("by"), "claim": text("claim"), "report": report()}),
        Amend::Retract => json!({"reason": text("reason")}),
        Amend::Link | Amend::Unlink => json!({"other": id_in(fields.get("other"))}),
        Amend::Correct => match target.event() {
            Some(event) => correction(event, fields),
            None => json!({"report": report()}),
        },
    };
    if let Some(object) = value.as_object_mut() {
        object.retain(|_, value| value != "");
        object.insert("id".to_owned(), text("id"));
    }
    value
}

/// Returns the id in a text: an id, or the address of the page of an event.
fn id_in(text: &str) -> &str {
    let path = text.split(['?', '#']).next().unwrap_or_default();
    path.trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default()
}

/// Returns the fields in which a form differs from an event.
fn correction(event: &EventDto, fields: &Fields) -> Value {
    let kind = Kind::parse(fields.get("kind")).or_else(|| Kind::parse(&event.kind));
    let base = serde_json::to_value(event).unwrap_or_default();
    let mut sent = match kind {
        Some(kind) => with_codes(submission::event(kind, fields)),
        None => base.clone(),
    };
    let mut patch = Map::new();
    for name in WHOLE {
        let value = sent[name].take();
        if value != base[name] {
            patch.insert(name.to_owned(), value);
        }
    }
    let (mut details, mut title) = (Map::new(), Map::new());
    for name in names(&base["details"], &sent["details"]) {
        let value = sent["details"][&name].take();
        if value != base["details"][&name] {
            details.insert(name, value);
        }
    }
    // A title that is left out stays.
    for (lang, value) in sent["title"].as_object().into_iter().flatten() {
        if *value != base["title"][lang] {
            title.insert(lang.clone(), value.clone());
        }
    }
    for (name, values) in [("details", details), ("title", title)] {
        if !values.is_empty() {
            patch.insert(name.to_owned(), values.into());
        }
    }
    patch.insert("report".to_owned(), sent["report"].take());
    patch.into()
}

fn names(base: &Value, sent: &Value) -> BTreeSet<String> {
    let objects = [base, sent].into_iter().filter_map(Value::as_object);
    objects.flat_map(Map::keys).cloned().collect()
}

/// Replaces the names of parties by their codes; others stay, and are refused.
fn with_codes(mut event: Value) -> Value {
    let code = |value: &mut Value| {
        let party = value.as_str().and_then(Party::resolve);
        if let Some(party) = party {
            *value = party.code().into();
        }
    };
    for name in ["actors", "recipients"] {
        event[name]
            .as_array_mut()
            .into_iter()
            .flatten()
            .for_each(code);
    }
    let details = event["details"].as_object_mut().into_iter().flatten();
    let parties = details.filter(|(field, _)| is_party(field));
    parties.for_each(|(_, value)| code(value));
    event
}

fn is_party(field: &str) -> bool {
    use detente_domain::details::{Field, Type};
    Field::parse(field).is_some_and(|field| matches!(field.ty(), Type::Party(_)))
}

/// Writes the fields of an operation.
pub(super) fn fields(ask: &Ask, target: &Target, fields: &Fields) -> Markup {
    let say = |key: &str| ask.texts.say(key);
    match target.amend {
        Amend::Corroborate => publication(ask, fields),
        Amend::Dispute => html! {
            (party(ask, fields, field("by", &say("amend-by"), &say("amend-by-help"), false)))
            (fields.area(ask, field("claim", &say("amend-claim"), &say("amend-claim-help"), false)))
            (publication(ask, fields))
        },
        Amend::Retract => html! {
            @if !fields.get("record").is_empty() {
                input type="hidden" name="record" value=(fields.get("record"));
                p { (say("record-of")) " " code dir="ltr" { (fields.get("record")) } }
            }
            (fields.area(ask, field("reason", &say("amend-reason"), &say("amend-reason-help"), true)))
        },
        Amend::Link | Amend::Unlink => fields.line(
            ask,
            field("other", &say("amend-other"), &say("amend-other-help"), true),
            None,
        ),
        Amend::Correct => corrected(ask, target, fields),
    }
}

const fn field<'a>(name: &'a str, label: &'a str, help: &'a str, required: bool) -> Field<'a> {
    Field {
        name,
        label,
        help,
        required,
    }
}

fn corrected(ask: &Ask, target: &Target, fields: &Fields) -> Markup {
    let texts = ask.texts;
    let current = target.event().map_or("", |event| event.kind.as_str());
    let chosen = Kind::parse(fields.get("kind")).or_else(|| Kind::parse(current));
    let label = texts.say("report-kind");
    let kind = Field {
        name: "kind",
        label: &label,
        help: &texts.say("amend-kind-help"),
        required: true,
    };
    html! {
        (fields.show(ask, kind, |control| html! {
            select #(control.id) name="kind" aria-describedby=[&control.described] {
                (options(ask, chosen.map_or("", Kind::as_str)))
            }
        }))
        @if let Some(kind) = chosen {
            (content(ask, &KindView::new(kind, ask.model.rules(), ask.lang), fields))
        }
        (publication(ask, fields))
    }
}

impl Target {
    /// Returns the event, if it has arrived.
    fn event(&self) -> Option<&EventDto> {
        match &self.lookup {
            EventLookup::Event(view) => Some(&view.event),
            EventLookup::Pending(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> EventDto {
        serde_json::from_value(json!({
            "kind": "mission.opened", "actors": ["TJK"], "recipients": ["AFG"],
            "occurred": "2023-03-23",
            "details": {"mission": "consulate", "host": "TJK", "sender": "AFG", "city": "Khorog"},
            "title": {"en": "A consulate", "ar": "قنصلية"},
            "report": {"publisher": "A paper", "grade": "B2"}
        }))
        .expect("an event")
    }

    fn fields(values: &[(&str, &str)]) -> Fields {
        let values = values.iter();
        Fields::new(values.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn a_correction_has_only_what_is_new() {
        let same = [
            ("kind", "mission.opened"),
            ("actors", "Tajikistan"),
            ("recipients", "أفغانستان"),
            ("details.mission", "consulate"),
            ("details.host", "Tajikistan"),
            ("details.sender", "AFG"),
            ("report.publisher", "Another paper"),
            ("title.en", "A consulate"),
        ];
        let whole = [
            &same[..],
            &[("occurred", "2023-03-23"), ("details.city", "Khorog")],
        ]
        .concat();
        let expected = json!({"report": {"publisher": "Another paper"}});
        assert_eq!(correction(&event(), &fields(&whole)), expected);
        let changed = [
            &same[..7],
            &[("occurred", "2023-04"), ("title.en", "The consulate")],
        ]
        .concat();
        assert_eq!(
            correction(&event(), &fields(&changed)),
            json!({
                "occurred": "2023-04", "details": {"city": null}, "title": {"en": "The consulate"},
                "report": {"publisher": "Another paper"}
            })
        );
        // What may not be empty is refused, and not kept in silence.
        let emptied = correction(&event(), &fields(&same));
        assert_eq!(emptied["occurred"], Value::Null);
        assert!(
            emptied
                .as_object()
                .expect("an object")
                .contains_key("occurred")
        );
    }

    #[test]
    fn the_other_event_is_an_id_or_its_address() {
        let id = "0190f0f0-0000-7000-8000-000000000001";
        for text in [
            id.to_owned(),
            format!("http://127.0.0.1:1648/ar/events/{id}?at=2023-01-01"),
            format!("/v1/events/{id}/"),
        ] {
            assert_eq!(id_in(&text), id);
        }
        assert_eq!(id_in(""), "");
    }
}
