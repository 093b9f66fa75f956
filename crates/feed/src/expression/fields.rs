//! The fields of a change that expressions read, with their types.

use std::collections::{BTreeSet, HashMap};

use cel::Value;
use detente_api::submission::DetailDto;
use detente_api::view::ChangeView;
use detente_domain::string_enum;

use super::check::Type;

macro_rules! fields {
    ($($variant:ident $word:literal $ty:ident $doc:literal;)*) => {
        string_enum! {
            /// A field of a change. The order is that of the JSON.
            Field { $(#[doc = $doc] $variant $word,)* }
        }

        impl Field {
            pub(super) const fn ty(self) -> Type {
                match self { $(Self::$variant => Type::$ty,)* }
            }
        }
    };
}

fields! {
    Relation "relation" Text "The relation: both codes, in order, such as `AFG-TJK`.";
    A "a" Text "The first code of the relation.";
    B "b" Text "The second code of the relation.";
    Direction "direction" Direction "The conduct that changed, `from` one state `to` another; null for what both share.";
    Dimension "dimension" Text "A dimension, `declared`, `posture` or a register.";
    Key "key" Key "The details that name a register's entry, such as `key.city`; null for a dimension.";
    Via "via" Text "The organisation whose act the entry is, which counts for its members; null where there is none.";
    From "from" Text "What it was: a level or status, `unknown`, or `absent` for an entry.";
    To "to" Text "What it is, in the same words.";
    ControlledByFrom "controlled_by_from" Text "The authority that held a mission before; null where there was none.";
    ControlledByTo "controlled_by_to" Text "The authority that holds it from then on; null where there is none.";
    WasUncertain "was_uncertain" Truth "What it was rested on an imprecise date.";
    Uncertain "uncertain" Truth "What it is rests on an imprecise date.";
    WasStale "was_stale" Truth "What it was had no new evidence for the rulebook's time.";
    Stale "stale" Truth "What it is has no new evidence for the rulebook's time.";
    WasPresumed "was_presumed" Truth "What it was was presumed, not declared.";
    Presumed "presumed" Truth "What it is is presumed, not declared.";
    Day "day" Text "The day from which it is so, `YYYY-MM-DD`; `..` for an open beginning.";
    Until "until" Text "For `learned`: the first day after the span; null up to the present.";
    Occasion "occasion" Text "`happened`, `learned` or `lapsed`.";
    Causes "causes" Texts "The ids of the events that caused it, at most the first 100.";
    CausesTotal "causes_total" Number "The number of events that caused it.";
    LagDays "lag_days" Number "Days until it was recorded; null where a day is open.";
    Disputed "disputed" Truth "An event among the causes is disputed.";
    Position "position" Number "The position of the commit of the change.";
}

/// Returns a change with only the fields that an expression reads.
pub(super) fn value(change: &ChangeView, fields: &BTreeSet<Field>) -> Value {
    let map: HashMap<&'static str, Value> = fields
        .iter()
        .map(|field| (field.as_str(), one(change, *field)))
        .collect();
    map.into()
}

fn one(change: &ChangeView, field: Field) -> Value {
    let ends = || change.relation.split_once('-').unwrap_or_default();
    match field {
        Field::Relation => change.relation.as_str().into(),
        Field::A => ends().0.into(),
        Field::B => ends().1.into(),
        Field::Direction => change.direction.as_ref().map_or(Value::Null, |direction| {
            HashMap::from([("from", &*direction.from), ("to", &*direction.to)]).into()
        }),
        Field::Dimension => change.dimension.as_str().into(),
        Field::Key => change.key.as_ref().map_or(Value::Null, |key| {
            let details = key.iter().map(|(word, value)| (&**word, detail(value)));
            details.collect::<HashMap<_, _>>().into()
        }),
        Field::Via => text(change.via.as_deref()),
        Field::From => (&*change.from).into(),
        Field::To => (&*change.to).into(),
        Field::ControlledByFrom => text(change.controlled_by_from.as_deref()),
        Field::ControlledByTo => text(change.controlled_by_to.as_deref()),
        Field::WasUncertain => Value::Bool(change.was_uncertain),
        Field::Uncertain => Value::Bool(change.uncertain),
        Field::WasStale => Value::Bool(change.was_stale),
        Field::Stale => Value::Bool(change.stale),
        Field::WasPresumed => Value::Bool(change.was_presumed),
        Field::Presumed => Value::Bool(change.presumed),
        Field::Day => change.day.as_str().into(),
        Field::Until => text(change.until.as_deref()),
        Field::Occasion => change.occasion.as_str().into(),
        Field::Causes => {
            let causes = change.causes.iter().map(ToString::to_string);
            causes.collect::<Vec<_>>().into()
        }
        Field::CausesTotal => whole(change.cause_count() as u64),
        Field::LagDays => change.lag_days.map_or(Value::Null, |days| days.into()),
        Field::Disputed => Value::Bool(change.disputed),
        Field::Position => whole(change.position),
    }
}

fn text(text: Option<&str>) -> Value {
    text.map_or(Value::Null, Value::from)
}

fn detail(value: &DetailDto) -> Value {
    match value {
        DetailDto::Text(text) => text.as_str().into(),
        DetailDto::Count(count) => whole(*count),
    }
}

fn whole(number: u64) -> Value {
    Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
}
