//! Background: what is taken as known before any report, from embedded files.
//!
//! Memberships of organisations, and refusals of states to recognise others. Each row of a file is
//! one event at its first day and, where it has ended, another at its last. They have the grade A1
//! and no report. An event of the log says otherwise where it disagrees.

mod file;

use crate::day::Day;
use crate::edtf;
use crate::event::{Act, EventId};
use crate::grade::Grade;
use crate::kind::Kind;
use crate::party::{Lang, Party};
use crate::relations::Pair;
use file::FILES;

pub use file::FILE_BYTES;

/// The publisher of the background, as readers see it.
pub const PUBLISHER: &str = "Background data";

/// A membership of a state in an organisation, without a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The organisation.
    pub organisation: Party,
    /// The member: a state or a de facto state.
    pub state: Party,
    /// The first day on which it certainly holds.
    pub from: Day,
    /// The first day on which it may no longer hold; `None` if it still holds.
    pub to: Option<Day>,
    /// The event by which it began.
    pub event: EventId,
    /// The event by which it ended.
    pub ended_by: Option<EventId>,
}

/// An event of the background. Its id depends on its own row alone, and is the same for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackgroundEvent {
    /// Its id.
    pub id: EventId,
    /// Its actors, kind, recipients and details.
    pub act: Act,
    /// The first day on which it may have happened.
    pub earliest: Day,
    /// The last day on which it may have happened.
    pub latest: Day,
    /// Its grade: always A1.
    pub grade: Grade,
}

/// Returns the memberships of a state, in order of their first day, then of the organisations.
#[must_use]
pub fn memberships_of(state: Party) -> &'static [Membership] {
    FILES.memberships.get(&state).map_or(&[], Vec::as_slice)
}

/// Iterates over the states that are or were members of an organisation, in order of their codes.
pub fn members_ever(organisation: Party) -> impl Iterator<Item = Party> {
    let members = FILES.members.get(&organisation);
    members.into_iter().flatten().copied()
}

/// Iterates over the refusals to recognise between two states, both ways, and the recognitions that
/// ended them, in order of their days.
pub fn refusals_between(pair: Pair) -> impl Iterator<Item = &'static BackgroundEvent> {
    let ids = FILES.refusals.get(&pair);
    ids.into_iter().flatten().filter_map(|id| find(*id))
}

/// Returns the event with an id.
#[must_use]
pub fn find(id: EventId) -> Option<&'static BackgroundEvent> {
    FILES.events.get(&id)
}

/// Returns the title of the event with an id, in English.
#[must_use]
pub fn title(id: EventId) -> Option<String> {
    find(id).map(|event| event.title(Lang::En))
}

impl BackgroundEvent {
    /// The title in a language: the parties, what was done, and the day.
    #[must_use]
    pub fn title(&self, lang: Lang) -> String {
        let name = |parties: &[Party]| parties.first().map_or("", |party| party.name(lang));
        let (actor, recipient) = (name(&self.act.actors), name(&self.act.recipients));
        let day = edtf::canonical(self.earliest, self.latest);
        let label = self.act.kind.label(lang);
        match self.act.kind {
            // Marks of direction keep the parts of the day in their order.
            _ if lang == Lang::Ar => {
                format!("{actor}، {recipient}: {label}، \u{200e}{day}\u{200e}")
            }
            _ if lang == Lang::Ru => format!("{actor}, {recipient}: {label}, {day}"),
            Kind::MembershipJoined => format!("{actor} is a member of the {recipient} from {day}"),
            Kind::MembershipLeft => {
                format!("{actor} is no longer a member of the {recipient} from {day}")
            }
            Kind::RecognitionRefused => {
                format!("{actor} does not recognise {recipient} from {day}")
            }
            Kind::RecognitionGranted => format!("{actor} recognises {recipient} from {day}"),
            _ => format!("{actor}, {recipient}: {label} from {day}"),
        }
    }
}

#[cfg(test)]
mod tests;
