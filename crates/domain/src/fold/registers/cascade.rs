//! Events that end entries of other registers: what falls with what they break off.

use super::{Entries, EntryUpdate};
use crate::details::{Field, Value};
use crate::dimension::Register;
use crate::fold::Item;
use crate::kind::Kind;
use crate::state::EntryKey;

/// The ranks of heads of mission.
const HEADS: [&str; 3] = ["ambassador", "minister", "charge"];

/// Ends the entries that fall with an event: missions and envoys with severed relations (interests
/// sections apart), ambassadors with a downgrade, the head of mission with an embassy, wars with a
/// peace.
pub(super) fn follow(entries: &mut Entries, place: usize, item: &Item<'_>) {
    let ends = |status| EntryUpdate {
        controlled_by: None,
        ..EntryUpdate::new(place, item, status, false)
    };
    match item.act.kind {
        Kind::RelationsSevered => {
            entries.update_where(ends("closed"), |key| {
                key.register == Register::Missions
                    && !is_word(key, Field::Mission, "interests_section")
            });
            entries.update_where(ends("ended"), |key| key.register == Register::Envoys);
        }
        Kind::RelationsDowngraded => {
            entries.update_where(ends("recalled"), |key| {
                key.register == Register::Envoys && is_word(key, Field::Rank, HEADS[0])
            });
        }
        Kind::MissionClosed if item.act.details.text(Field::Mission) == Some("embassy") => {
            let side = |field| item.act.details.get(field).cloned();
            let sides = [Field::Host, Field::Sender].map(|field| (field, side(field)));
            entries.update_where(ends("ended"), |key| {
                let same =
                    |(field, party): &(Field, Option<Value>)| value(key, *field) == party.as_ref();
                let head = HEADS.iter().any(|rank| is_word(key, Field::Rank, rank));
                key.register == Register::Envoys && head && sides.iter().all(same)
            });
        }
        Kind::PeaceAgreed => {
            entries.update_where(ends("ended"), |key| key.register == Register::Wars);
        }
        _ => {}
    }
}

fn value(key: &EntryKey, field: Field) -> Option<&Value> {
    let mut fields = key.fields.iter();
    fields.find_map(|(named, value)| (*named == field).then_some(value))
}

fn is_word(key: &EntryKey, field: Field, word: &str) -> bool {
    matches!(value(key, field), Some(Value::Choice(named)) if *named == word)
}
