//! Events that do not count, with the reason.

use super::Cited;
use crate::day::Day;
use crate::event::EventId;
use crate::fold::Item;
use crate::kind::Effect;
use crate::record::RecordId;

/// An event that does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uncounted {
    /// The event.
    pub cited: Cited,
    /// The reason.
    pub reason: ExclusionReason,
}

/// The reason why an event does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExclusionReason {
    /// It has a later date.
    NotYet,
    /// Its grade is too weak.
    TooWeak,
    /// A dispute leaves no weight.
    Disputed,
    /// Another row of the same day, direction and code counts.
    Repeated {
        /// The one that counts.
        by: EventId,
    },
    /// The entry that it opened was closed.
    Closed {
        /// The event that closed it.
        by: EventId,
        /// The day of that event.
        on: Day,
    },
    /// A later event replaced it.
    Superseded {
        /// The later event.
        by: EventId,
        /// The day of that event.
        on: Day,
    },
    /// It does not count for the states: an authority that acted, or was acted upon, did not govern
    /// on the day, or neither state was a member of the organisation, or what it began had ended
    /// before.
    NotGoverning,
    /// It was before a change of authority.
    BeforeAuthority {
        /// The event of the change.
        by: EventId,
        /// The day of the change.
        on: Day,
    },
    /// It is about an authority that does not govern.
    OtherAuthority,
    /// It changes no register entry of this relation.
    NoEntry,
    /// Its weight has faded completely.
    Faded,
    /// It was retracted.
    Retracted {
        /// The retraction.
        by: RecordId,
    },
    /// It is linked to another event, which counts for both.
    Linked {
        /// The other event.
        by: EventId,
    },
}

impl ExclusionReason {
    /// The reason for an event whose entry another one closed or replaced.
    pub(super) fn ended(by: &Item<'_>, on: Day) -> Self {
        let event = by.event;
        match by.act.kind.effect() {
            Effect::Closes(_) => Self::Closed { by: event, on },
            _ => Self::Superseded { by: event, on },
        }
    }

    /// The stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotYet => "not_yet",
            Self::TooWeak => "too_weak",
            Self::Disputed => "disputed",
            Self::Repeated { .. } => "repeated",
            Self::Closed { .. } => "closed",
            Self::Superseded { .. } => "superseded",
            Self::NotGoverning => "not_governing",
            Self::BeforeAuthority { .. } => "before_authority",
            Self::OtherAuthority => "other_authority",
            Self::NoEntry => "no_entry",
            Self::Faded => "faded",
            Self::Retracted { .. } => "retracted",
            Self::Linked { .. } => "told",
        }
    }
}

impl Uncounted {
    pub(super) fn new(item: &Item<'_>, reason: ExclusionReason) -> Self {
        Self {
            cited: Cited::new(item),
            reason,
        }
    }
}
