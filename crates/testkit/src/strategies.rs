//! Random values of the domain, for property tests.
#![expect(clippy::expect_used, reason = "the values are valid by construction")]

use detente_domain::day::Day;
use detente_domain::details::{COUNT_MAX, Details, Field, Type, Value, schema};
use detente_domain::edtf::Edtf;
use detente_domain::event::{Act, Authorship, Event, EventId, Report};
use detente_domain::grade::Grade;
use detente_domain::kind::Kind;
use detente_domain::party::{Lang, Party, PartyKind};
use detente_domain::record::{Body, Patch, Record, RecordId};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use time::OffsetDateTime;
use uuid::Uuid;

fn party() -> impl Strategy<Value = Party> {
    select(Party::all().collect::<Vec<_>>())
}

fn party_of(kinds: &[PartyKind]) -> impl Strategy<Value = Party> + use<> {
    let chosen = Party::all().filter(|party| kinds.contains(&party.kind()));
    select(chosen.collect::<Vec<_>>())
}

/// Generates texts that are not blank.
fn text() -> impl Strategy<Value = String> {
    "\\PC{1,30}".prop_filter("is not blank", |text| !text.trim().is_empty())
}

fn uuid() -> impl Strategy<Value = Uuid> {
    (1..u128::MAX).prop_map(Uuid::from_u128)
}

fn event_id() -> impl Strategy<Value = EventId> {
    uuid().prop_map(EventId)
}

fn date() -> BoxedStrategy<Edtf> {
    let written = select(vec![
        "2022-03",
        "2022",
        "202X",
        "2021-XX",
        "2021-08/2022-12",
        "../2022-01",
        "2022-01/..",
        "2021-12~",
        "2022?",
        "2021-22",
        "1970-01-01",
    ]);
    prop_oneof![
        written.prop_map(|text| Edtf::parse(text).expect("is EDTF")),
        (-200_000..100_000_i32).prop_map(|ordinal| Edtf::day(Day::new(ordinal))),
    ]
    .boxed()
}

fn grade() -> impl Strategy<Value = Grade> {
    (0..36_u8).prop_map(Grade::from_packed)
}

/// Generates reports.
pub fn report() -> BoxedStrategy<Report> {
    let url = option::of("https://[a-z]{1,9}/[a-z0-9]{0,9}");
    let language = option::of(select(vec!["en", "ar", "ru", "zh-Hant"]));
    (
        text(),
        url,
        language,
        option::of(date()),
        option::of(text()),
        grade(),
    )
        .prop_map(
            |(publisher, url, language, published, quote, grade)| Report {
                publisher,
                url,
                language: language.map(str::to_owned),
                published,
                quote,
                grade,
            },
        )
        .boxed()
}

fn value(field: Field) -> BoxedStrategy<Value> {
    match field.ty() {
        Type::Party(kinds) => party_of(kinds).prop_map(Value::Party).boxed(),
        Type::Choice(words) => select(words).prop_map(Value::Choice).boxed(),
        Type::Text => text().prop_map(|text| Value::Text(text.into())).boxed(),
        Type::Count => (0..=COUNT_MAX).prop_map(Value::Count).boxed(),
    }
}

fn details(kind: Kind) -> BoxedStrategy<Details> {
    let schema = schema(kind);
    let free: Vec<Field> = schema.fields().skip(schema.needs.len()).collect();
    let count = free.len();
    subsequence(free, 0..=count.min(4))
        .prop_flat_map(move |taken| {
            let fields = schema.needs.iter().copied().chain(taken);
            let values: Vec<_> = fields.map(|field| (Just(field), value(field))).collect();
            values.prop_map(|values| {
                let mut details = Details::none();
                for (field, value) in values {
                    details.set(field, value);
                }
                details
            })
        })
        .boxed()
}

/// Generates valid acts.
fn act() -> BoxedStrategy<Act> {
    let parts = select(&Kind::ALL[..]).prop_flat_map(|kind| {
        (
            Just(kind),
            vec(party(), 1..4),
            vec(party(), 0..4),
            details(kind),
        )
    });
    parts
        .prop_map(|(kind, actors, recipients, details)| Act {
            kind,
            actors,
            recipients,
            details,
        })
        .prop_filter("fits", |act| act.check().is_ok())
        .boxed()
}

/// Returns true if all parties existed on some day of the date.
fn existed<'a>(parties: impl IntoIterator<Item = &'a Party>, date: &Edtf) -> bool {
    let mut parties = parties.into_iter();
    parties.all(|party| party.life().overlaps(date.earliest(), date.latest()))
}

fn in_details((_, value): (Field, &Value)) -> Option<&Party> {
    match value {
        Value::Party(party) => Some(party),
        Value::Choice(_) | Value::Text(_) | Value::Count(_) => None,
    }
}

/// Generates events with valid acts, of parties that existed.
pub fn event() -> BoxedStrategy<Event> {
    let title = btree_map(select(&Lang::ALL[..]), text(), 1..4);
    (event_id(), act(), date(), title, report())
        .prop_filter("the parties existed", |(_, act, date, ..)| {
            let parties = act.actors.iter().chain(&act.recipients);
            existed(
                parties.chain(act.details.iter().filter_map(in_details)),
                date,
            )
        })
        .prop_map(|(id, act, occurred, title, report)| Event {
            id,
            act,
            occurred,
            title,
            report,
        })
        .boxed()
}

/// Generates corrections.
pub fn patch() -> BoxedStrategy<Patch> {
    let detail =
        select(&Field::ALL[..]).prop_flat_map(|field| (Just(field), option::of(value(field))));
    (
        option::of(select(&Kind::ALL[..])),
        option::of(vec(party(), 1..3)),
        option::of(vec(party(), 0..3)),
        option::of(date()),
        vec(detail, 0..3),
        vec((select(&Lang::ALL[..]), text()), 0..2),
    )
        .prop_map(
            |(kind, actors, recipients, occurred, details, title)| Patch {
                kind,
                actors,
                recipients,
                occurred,
                details,
                title,
            },
        )
        .prop_filter("the parties existed", |patch| {
            let details = patch.details.iter();
            let details = details.filter_map(|(field, value)| Some((*field, value.as_ref()?)));
            let sides = patch.actors.iter().chain(&patch.recipients).flatten();
            let date = patch.occurred.as_ref();
            date.is_none_or(|date| existed(sides.chain(details.filter_map(in_details)), date))
        })
        .boxed()
}

fn body(id: Uuid) -> BoxedStrategy<Body> {
    let reported = event().prop_map(move |event| {
        Body::Reported(Box::new(Event {
            id: EventId(id),
            ..event
        }))
    });
    prop_oneof![
        4 => reported,
        1 => (event_id(), report())
            .prop_map(|(event, report)| Body::Corroborated { event, report }),
        1 => (event_id(), option::of(party()), report(), option::of(text()))
            .prop_map(|(event, by, report, claim)| Body::Disputed { event, by, report, claim }),
        1 => (event_id(), patch(), report())
            .prop_map(|(event, patch, report)| Body::Corrected { event, patch, report }),
        1 => (uuid(), text())
            .prop_map(|(id, reason)| Body::Retracted { record: RecordId(id), reason }),
        1 => (event_id(), event_id()).prop_map(|(one, other)| Body::Linked { one, other }),
        1 => (event_id(), event_id()).prop_map(|(one, other)| Body::Unlinked { one, other }),
        1 => (-1000..30_000_i32).prop_map(|day| Body::Tick { day: Day::new(day) }),
    ]
    .boxed()
}

/// Generates records of every kind.
pub fn record() -> BoxedStrategy<Record> {
    let moment = (0..4_000_000_000_000_i64).prop_map(|ms| {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000).expect("in range")
    });
    let authorship =
        (text(), moment).prop_map(|(author, recorded)| Authorship { author, recorded });
    let parts = uuid().prop_flat_map(move |id| (Just(id), body(id)));
    (parts, authorship)
        .prop_map(|((id, body), authorship)| Record {
            id: RecordId(id),
            authorship,
            body,
        })
        .boxed()
}
