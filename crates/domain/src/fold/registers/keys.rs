//! The keys of entries: the details that name them.

use crate::details::{Field, Value};
use crate::dimension::Register;
use crate::fold::Item;
use crate::kind::Effect;
use crate::party::Party;
use crate::relations::Direction;
use crate::state::EntryKey;

/// The rules of a register.
pub(super) struct Layout {
    /// The details that identify an entry.
    fields: &'static [Field],
    /// True if entries belong to one conduct, and are not shared by both.
    pub(super) one_sided: bool,
}

/// Returns the rules of a register.
pub(super) const fn layout(register: Register) -> Layout {
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

/// Returns the details that identify an entry of a register.
#[must_use]
pub const fn key_fields(register: Register) -> &'static [Field] {
    layout(register).fields
}

/// Returns the key of the entry that an item is about.
pub(super) fn key(
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
