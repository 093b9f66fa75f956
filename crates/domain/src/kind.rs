//! The kinds of events, each with its code (`subject.action`), duration class, register, PLOVER
//! event and labels.
//!
//! The rulebook gives the weights of a kind; [`crate::details`] lists its fields. The order of the
//! list is the order in which events of one day apply to one register entry.

mod synonyms;
mod table;

pub use table::Kind;

use crate::dimension::{Dimension, Register};

/// The time for which events of a kind are in effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DurationClass {
    /// Weighs from the middle day of its date, is uncertain until its latest, fades from its
    /// latest. Without a latest day, it fades from its first.
    Point,
    /// Holds at full weight over its span, then fades.
    Condition,
    /// Opens or changes a register entry, which stands until it is closed. Its weight fades as that
    /// of a point does.
    Standing,
}

/// The effect of an event on the register entry that its details name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Changes no register.
    None,
    /// Opens or changes the entry, which has this status from then on.
    Sets(&'static str),
    /// Closes every open entry that agrees with the details; they have this status.
    Closes(&'static str),
    /// Notes an occurrence (a meeting); the entry is not open.
    Notes(&'static str),
}

impl Kind {
    /// The first word of the code: `mission`, `border`.
    #[must_use]
    pub fn family(self) -> &'static str {
        self.as_str().split('.').next().unwrap_or_default()
    }

    /// The index in [`Kind::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Returns true if it is an observation of what already exists, such as an embassy at work. It
    /// opens the entry, if it is not open, and moves nobody.
    #[must_use]
    pub const fn is_observation(self) -> bool {
        matches!(
            self,
            Self::RelationsObserved
                | Self::MissionObserved
                | Self::EnvoyObserved
                | Self::AgreementObserved
        )
    }

    /// Returns true if it recognises the other state, in so many words or by entering into
    /// diplomatic relations with it.
    #[must_use]
    pub const fn recognises(self) -> bool {
        self.establishes() || matches!(self, Self::RecognitionGranted)
    }

    /// Returns true if diplomatic relations exist from then on.
    #[must_use]
    pub const fn establishes(self) -> bool {
        matches!(
            self,
            Self::RelationsObserved | Self::RelationsEstablished | Self::RelationsRestored
        )
    }

    /// Returns true if it changes the status of entries that exist, and agree with its details,
    /// rather than open one of its own.
    #[must_use]
    pub const fn continues(self) -> bool {
        matches!(
            self,
            Self::MissionSuspended
                | Self::EnvoyReturned
                | Self::AgreementSuspended
                | Self::AllianceSuspended
                | Self::CeasefireAgreed
                | Self::CeasefireBroken
                | Self::TerritoryAnnexed
        )
    }

    /// Returns the ladders that events of the kind may move, beside recognition by official contact,
    /// which the rulebook decides.
    #[must_use]
    pub const fn ladders(self) -> &'static [Dimension] {
        match self.register() {
            Some(Register::Relations) => &[Dimension::Recognition, Dimension::Representation],
            Some(Register::Missions | Register::Envoys) => &[Dimension::Representation],
            Some(Register::Memberships) => &[Dimension::Recognition],
            Some(_) => &[],
            None => match self {
                Self::AuthorityChanged
                | Self::RecognitionGranted
                | Self::RecognitionWithheld
                | Self::RecognitionRefused
                | Self::RecognitionWithdrawn => &[Dimension::Recognition],
                _ => &[],
            },
        }
    }

    /// Returns true if it is known only by a PLOVER or CAMEO code, assigned by a machine.
    #[must_use]
    pub const fn is_machine_coded(self) -> bool {
        matches!(self, Self::Coded)
    }

    /// Returns true if it is a danger to one state from the territory of another, without an act of
    /// that state.
    #[must_use]
    pub const fn is_threat(self) -> bool {
        matches!(
            self,
            Self::AttackOccurred
                | Self::PresenceClaimed
                | Self::TraffickingReported
                | Self::FlowReported
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_round_trip_and_are_unique() {
        for (place, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
            assert_eq!(kind.index(), place);
        }
    }

    #[test]
    fn standing_kinds_set_a_register_entry() {
        for kind in Kind::ALL {
            if kind.class() == DurationClass::Standing {
                assert!(kind.register().is_some(), "{}", kind.as_str());
                assert!(
                    matches!(kind.effect(), Effect::Sets(_)),
                    "{}",
                    kind.as_str()
                );
            }
            assert_eq!(kind.register().is_none(), kind.effect() == Effect::None);
        }
    }
}
