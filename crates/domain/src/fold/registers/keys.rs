//! The keys of entries: the details that name them.

use super::of_pair;
use crate::details::{Field, Value};
use crate::dimension::Register;
use crate::fold::Item;
use crate::kind::{Effect, Kind};
use crate::party::Party;
use crate::relations::{Direction, Pair};
use crate::rulebook::Rulebook;
use crate::state::EntryKey;

/// The rules of a register.
struct Layout {
    /// The details that identify an entry.
    fields: &'static [Field],
    /// True if entries belong to one conduct, and are not shared by both.
    one_sided: bool,
}

/// Returns the rules of a register.
const fn layout(register: Register) -> Layout {
    use Field::{
        City, Crossing, From, Group, Host, List, Listed, Mission, Name, Rank, Sender, Territory,
        What,
    };
    let (fields, one_sided): (&[Field], bool) = match register {
        Register::Relations => (&[], false),
        Register::Missions => (&[Mission, Host, Sender, City], false),
        Register::Envoys => (&[Host, Sender, Rank, Name], false),
        Register::Listings => (&[List, Listed], true),
        Register::Borders => (&[Crossing], true),
        Register::Airspace | Register::Visas => (&[What], true),
        Register::Trade => (&[Name, What], true),
        Register::Deployments => (&[Name, Crossing], true),
        Register::Groups => (&[Group, From], true),
        Register::Occupations => (&[Territory], true),
        Register::Sanctions | Register::Measures | Register::Detentions => (&[Name], true),
        Register::Agreements
        | Register::Alliances
        | Register::Memberships
        | Register::Wars
        | Register::Projects
        | Register::Meetings
        | Register::Channels => (&[Name], false),
    };
    Layout { fields, one_sided }
}

/// Returns the keys of the entries that an item is about: two, if both sides act and the entries of
/// the register belong to one conduct.
pub(in crate::fold) fn of(pair: Pair, item: &Item<'_>, rules: &Rulebook) -> Vec<EntryKey> {
    let Some(register) = item.act.kind.register() else {
        return Vec::new();
    };
    // Diplomatic relations are those of states: an organisation has its own.
    let concerns = match register {
        Register::Relations => item.is_own(),
        _ => item.directions().next().is_some(),
    };
    let counts = rules.moves_ladders(item.grade) && of_pair(pair, &item.act.details);
    if !concerns || !counts {
        return Vec::new();
    }
    let layout = layout(register);
    if layout.one_sided {
        let key = |direction| {
            let via = item.via(direction);
            key(register, &layout, item, Some(direction), via)
        };
        return item.directions().map(key).collect();
    }
    let mut vias = item.directions().map(|direction| item.via(direction));
    let via = vias.find(Option::is_some).flatten();
    let via = via.filter(|_| register != Register::Relations);
    vec![key(register, &layout, item, None, via)]
}

/// Returns true if events of a kind change no other entries than those of their own keys, and what
/// they do to these depends on nothing else.
pub(in crate::fold) fn changes_one(kind: Kind) -> bool {
    match kind.register() {
        None => true,
        Some(Register::Relations | Register::Memberships) => false,
        Some(_) => {
            let closes = matches!(kind.effect(), Effect::Closes(_));
            !closes && !kind.continues() && kind != Kind::PeaceAgreed
        }
    }
}

/// Returns the details that identify an entry of a register.
#[must_use]
pub const fn key_fields(register: Register) -> &'static [Field] {
    layout(register).fields
}

/// Returns the key of the entry that an item is about.
fn key(
    register: Register,
    layout: &Layout,
    item: &Item<'_>,
    by: Option<Direction>,
    via: Option<Party>,
) -> EntryKey {
    let named = |field: &Field| Some((*field, item.act.details.get(*field)?.clone()));
    EntryKey {
        register,
        family: item.act.kind.family(),
        by,
        via,
        fields: layout.fields.iter().filter_map(named).collect(),
    }
}

/// Returns true if an event applies to an entry: they agree on every detail that both have.
pub(super) fn same_entry(key: &EntryKey, open: &EntryKey) -> bool {
    let agrees = |(field, value): &(Field, Value)| {
        let mut fields = open.fields.iter();
        fields.all(|(other, named)| other != field || named == value)
    };
    // Kinds of several families change these, but withdrawn forces do not lower an alert.
    let any_family = matches!(
        key.register,
        Register::Agreements | Register::Wars | Register::Groups
    );
    // A war and its truce need not come through the same party.
    let any_via = key.register == Register::Wars;
    key.register == open.register
        && (any_family || key.family == open.family)
        && key.by == open.by
        && (any_via || key.via == open.via)
        && key.fields.iter().all(agrees)
}

/// Returns true if an act closes the entry that another opens, of the same conduct and through the
/// same party.
pub(in crate::fold) fn closes(closing: &Item<'_>, opening: &Item<'_>) -> bool {
    let closes = matches!(closing.act.kind.effect(), Effect::Closes(_))
        && matches!(opening.act.kind.effect(), Effect::Sets(_));
    let registers = [closing, opening].map(|item| item.act.kind.register());
    match registers {
        [Some(one), Some(other)] if closes && one == other => {
            let [closing, opening] =
                [closing, opening].map(|item| key(one, &layout(one), item, None, None));
            same_entry(&closing, &opening)
        }
        _ => false,
    }
}
