//! Entries that depend on memberships of organisations.

use super::{Entries, EntryUpdate};
use crate::day::Day;
use crate::details::{Field, Value};
use crate::dimension::Register;
use crate::event::EventId;
use crate::fold::Item;
use crate::fold::regime::Regimes;
use crate::party::Party;
use crate::relations::Direction;
use crate::rulebook::Rulebook;
use crate::state::{EntryKey, Since};

/// The item of an update that no item of the relation causes.
const NO_ITEM: usize = usize::MAX;

/// Returns the organisation of an entry of the register of memberships.
pub(in crate::fold) fn organisation(key: &EntryKey) -> Option<Party> {
    key.fields.iter().find_map(|(_, value)| match value {
        Value::Text(code) => Party::find(code),
        Value::Party(_) | Value::Choice(_) | Value::Count(_) => None,
    })
}

/// Closes what an organisation has imposed for its members, or what was imposed on it, for the one
/// that leaves it. It is not opened again when the member returns: what became of it meanwhile is
/// unknown.
pub(super) fn leave(entries: &mut Entries, items: &[Item<'_>], regimes: &Regimes<'_>) {
    for (key, updates) in &mut entries.0 {
        let Some(organisation) = key.via else {
            continue;
        };
        let spans = Direction::BOTH.into_iter().flat_map(|side| {
            let regime = regimes.of_subject(side);
            let own = regime.in_organisation(organisation);
            own.map(move |membership| (side, *membership))
        });
        let leaving: Vec<EntryUpdate> = spans
            .filter_map(|(side, membership)| {
                let (day, event) = membership.left?;
                let before = updates.partition_point(|update| update.since.earliest <= day);
                let last = updates[..before].last().filter(|last| last.open)?;
                if !is_member_side(key, items.get(last.item)?, side) {
                    return None;
                }
                Some(EntryUpdate {
                    item: last.item,
                    disputed: false,
                    open: false,
                    ..update(event, day, "left")
                })
            })
            .collect();
        updates.extend(leaving);
        updates.sort_by_key(|update| update.since.earliest);
    }
}

/// Returns true if the subject of a conduct is the side of an entry that must be a member: the one
/// that acts through the organisation, or is acted upon. What both share counts through either.
fn is_member_side(key: &EntryKey, item: &Item<'_>, side: Direction) -> bool {
    let Some(by) = key.by else { return true };
    let via = item.directed[by.index()].and_then(|act| act.via);
    via.is_none_or(|via| via.acts == (by == side))
}

/// Adds an entry for each organisation with a rule that both states are members of.
pub(super) fn share(entries: &mut Entries, regimes: &Regimes<'_>, rules: &Rulebook) {
    for (organisation, _) in &rules.organisations {
        let mut updates = Vec::new();
        for one in regimes.a.in_organisation(*organisation) {
            for other in regimes.b.in_organisation(*organisation) {
                let later = if one.from < other.from { other } else { one };
                let lefts = [one.left, other.left].into_iter().flatten();
                let left = lefts.min();
                if left.is_some_and(|(day, _)| day <= later.from) {
                    continue;
                }
                updates.push(EntryUpdate {
                    open: true,
                    ..update(later.event, later.from, "member")
                });
                updates.extend(left.map(|(day, event)| update(event, day, "left")));
            }
        }
        if updates.is_empty() {
            continue;
        }
        updates.sort_by_key(|update| update.since.earliest);
        let name = Value::Text(organisation.code().into());
        let key = EntryKey {
            register: Register::Memberships,
            family: "membership",
            by: None,
            via: None,
            fields: vec![(Field::Name, name)],
        };
        entries.0.insert(key, updates);
    }
}

fn update(event: EventId, day: Day, status: &'static str) -> EntryUpdate {
    EntryUpdate {
        item: NO_ITEM,
        event,
        disputed: false,
        since: Since {
            earliest: day,
            latest: day,
        },
        holds_until: None,
        status,
        open: false,
        controlled_by: None,
        lowered: None,
    }
}
