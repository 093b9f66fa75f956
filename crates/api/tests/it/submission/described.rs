//! What the description of a row allows is accepted, or is refused for its meaning.

use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{codes, sample, with};
use detente_api::refusal::Refusal;
use detente_api::submission::{Amend, amendment, event, schema};
use detente_domain::details::{COUNT_MAX, Field, Type};

/// The codes of refusals for what a value means.
const OF_MEANING: [&str; 15] = [
    "bad_date",
    "bad_detail",
    "bad_grade",
    "bad_id",
    "bad_language",
    "bad_text",
    "bad_url",
    "id_conflict",
    "missing_detail",
    "party_did_not_exist",
    "self_relation",
    "too_many_parties",
    "unknown_detail",
    "unknown_kind",
    "unknown_party",
];

const LETTERS: [&str; 4] = ["x", "ش", "Ж", "😀"];

fn number(schema: &Value, key: &str) -> Option<u64> {
    schema[key].as_u64()
}

/// Generates values that a schema allows.
fn values(schema: &Value) -> BoxedStrategy<Value> {
    if let Some(words) = schema["enum"].as_array() {
        return select(words.clone()).boxed();
    }
    if let Some(forms) = schema["anyOf"].as_array() {
        let forms: Vec<_> = forms.iter().map(values).collect();
        return proptest::strategy::Union::new(forms).boxed();
    }
    if let Some(types) = schema["type"].as_array() {
        let forms = types.iter().map(|one| {
            let mut schema = schema.clone();
            schema["type"] = one.clone();
            values(&schema)
        });
        return proptest::strategy::Union::new(forms).boxed();
    }
    match schema["type"].as_str() {
        Some("null") => Just(Value::Null).boxed(),
        Some("string") if schema["format"] == "uuid" => any::<u128>()
            .prop_map(|id| json!(Uuid::from_u128(id)))
            .boxed(),
        Some("string") => texts(schema),
        Some("integer") => whole(number(schema, "maximum").expect("is bounded")),
        Some("array") => {
            let least = number(schema, "minItems")
                .unwrap_or(0)
                .try_into()
                .expect("is small");
            prop::collection::vec(values(&schema["items"]), least..4)
                .prop_map(Value::from)
                .boxed()
        }
        Some("object") => objects(schema),
        other => panic!("{other:?} in {schema}"),
    }
}

fn texts(schema: &Value) -> BoxedStrategy<Value> {
    let least = number(schema, "minLength")
        .unwrap_or(0)
        .try_into()
        .expect("is small");
    let most = number(schema, "maxLength")
        .unwrap_or(30)
        .try_into()
        .expect("is small");
    let longest = select(&LETTERS[..]).prop_map(move |letter| letter.repeat(most));
    let short =
        prop::collection::vec(select(&LETTERS[..]), least..10).prop_map(|text| text.concat());
    prop_oneof![1 => longest, 3 => short]
        .prop_map(Value::from)
        .boxed()
}

/// Generates whole numbers, some of them written with a fraction of zero.
fn whole(most: u64) -> BoxedStrategy<Value> {
    let count = prop_oneof![0..10_u64, 0..=most, Just(most)];
    (count, any::<bool>())
        .prop_map(|(count, as_float)| match as_float {
            true => serde_json::from_str(&format!("{count}.0")).expect("is a number"),
            false => json!(count),
        })
        .boxed()
}

fn objects(schema: &Value) -> BoxedStrategy<Value> {
    let empty = Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&empty);
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let entries: Vec<_> = properties
        .iter()
        .map(|(key, schema)| {
            let value = values(schema);
            let value = match required.contains(&json!(key)) {
                true => value.prop_map(Some).boxed(),
                false => option::weighted(0.3, value).boxed(),
            };
            (Just(key.clone()), value)
        })
        .collect();
    let least: usize = number(schema, "minProperties")
        .unwrap_or(0)
        .try_into()
        .expect("is small");
    entries
        .prop_map(|entries| {
            let entries = entries.into_iter();
            Value::Object(
                entries
                    .filter_map(|(key, value)| Some((key, value?)))
                    .collect(),
            )
        })
        .prop_filter("has enough keys", move |object| {
            object
                .as_object()
                .is_some_and(|object| object.len() >= least)
        })
        .boxed()
}

/// Returns true if a refusal is for the meaning of a value; a number has none.
fn is_of_meaning(refusal: &Refusal) -> bool {
    let field = refusal.field.as_deref().unwrap_or_default();
    let field = Field::parse(field.trim_start_matches("details."));
    let is_number = field.is_some_and(|field| field.ty() == Type::Count);
    OF_MEANING.contains(&refusal.code.as_str())
        && !(is_number && refusal.code.as_str() == "bad_detail")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_described_row_is_refused_for_its_meaning_only(row in values(&schema::event())) {
        for refusal in event(&row).err().unwrap_or_default() {
            prop_assert!(is_of_meaning(&refusal), "{row}: {refusal:?}");
        }
    }

    #[test]
    fn described_texts_and_numbers_of_a_valid_row_are_accepted(
        title in values(&schema::event()["properties"]["title"]),
        publisher in values(&schema::publication()["properties"]["publisher"]),
        quote in values(&schema::publication()["properties"]["quote"]),
        place in values(&schema::event()["properties"]["place"]),
        casualties in values(&schema::event()["properties"]["details"]["properties"]["casualties"]),
    ) {
        let mut row = attack(&casualties);
        row["title"] = title;
        row["place"] = place;
        row["report"]["publisher"] = publisher;
        row["report"]["quote"] = quote;
        prop_assert_eq!(event(&row).err(), None);
    }
}

fn attack(casualties: &Value) -> Value {
    let mut row = sample();
    row["kind"] = json!("attack.occurred");
    row["details"] = json!({"from": "AFG", "casualties": casualties});
    row
}

#[test]
fn lengths_are_counted_in_characters_and_described() {
    let described = schema::event();
    for (pointer, start) in [
        ("/title/en", ""),
        ("/title/ar", ""),
        ("/details/city", ""),
        ("/place", ""),
        ("/report/publisher", ""),
        ("/report/quote", ""),
        ("/report/url", "https://example.org/"),
    ] {
        let at = pointer.replace('/', "/properties/");
        let most = described
            .pointer(&at)
            .and_then(|schema| number(schema, "maxLength"));
        let most: usize = most.expect(pointer).try_into().expect("is small");
        for letter in LETTERS {
            let row = |length: usize| {
                let text = format!("{start}{}", letter.repeat(length - start.len()));
                event(&with(pointer, json!(text)))
            };
            assert_eq!(row(most).err(), None, "{pointer} {letter}");
            let refusals = row(most + 1).expect_err("is too long");
            let field = pointer.trim_start_matches('/').replace('/', ".");
            let field = if field == "place" {
                "details.place"
            } else {
                &field
            };
            assert_eq!(codes(&refusals), [("text_too_long", field)], "{letter}");
        }
    }
}

#[test]
fn a_claim_and_a_reason_are_as_long_as_described() {
    let most: usize = number(&schema::statement(), "maxLength")
        .expect("is bounded")
        .try_into()
        .expect("is small");
    let retract = |length: usize| {
        let reason = json!({"reason": "ش".repeat(length)});
        amendment(Amend::Retract, Uuid::from_u128(9), &reason)
    };
    assert_eq!(retract(most).err(), None);
    let refusals = retract(most + 1).expect_err("is too long");
    assert_eq!(codes(&refusals), [("text_too_long", "reason")]);
}

#[test]
fn a_number_is_whole_however_it_is_written() {
    let read = |text: &str| {
        let number = serde_json::from_str(text).expect("is JSON");
        let draft = event(&attack(&number))?;
        Ok(draft.act.details.count(Field::Casualties))
    };
    let most = COUNT_MAX.to_string();
    for (text, count) in [
        ("4000", 4_000),
        ("4000.0", 4_000),
        ("4e3", 4_000),
        ("0.0", 0),
        ("-0", 0),
        (&most, COUNT_MAX),
        (&format!("{most}.0"), COUNT_MAX),
    ] {
        assert_eq!(read(text), Ok::<_, Vec<Refusal>>(Some(count)), "{text}");
    }
    for text in [
        "0.5",
        "-1",
        "-1.0",
        "1000000000001",
        "1000000000001.0",
        "1e300",
        "18446744073709551616",
    ] {
        let refusals = read(text).expect_err("is no count");
        assert_eq!(
            codes(&refusals),
            [("bad_detail", "details.casualties")],
            "{text}"
        );
    }
    let refusals = read("\"4000\"").expect_err("is a text");
    assert_eq!(codes(&refusals), [("wrong_type", "details.casualties")]);
}
