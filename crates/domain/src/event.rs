//! Events, and the reports about them.

use crate::day::Day;
use crate::details::{DetailError, Details, Field};
use crate::edtf::Edtf;
use crate::grade::Grade;
use crate::kind::Kind;
use crate::party::{Lang, Party};
use std::collections::BTreeMap;
use time::OffsetDateTime;
use uuid::Uuid;

/// Identifies an event: the id of the record that first reported it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub Uuid);

/// The actors, the kind of action, the recipients and the details.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Act {
    /// The kind of action.
    pub kind: Kind,
    /// The parties that acted; at least one.
    pub actors: Vec<Party>,
    /// The parties that were acted upon; may be empty.
    pub recipients: Vec<Party>,
    /// The details that the kind takes.
    pub details: Details,
}

/// The maximum number of actors, and of recipients, of an event: a summit of all states.
pub const PARTIES_MAX: usize = 300;

/// The error returned for an invalid act.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActError {
    /// The act has no actor.
    #[error("an event needs at least one actor")]
    NoActor,
    /// More parties than [`PARTIES_MAX`].
    #[error("an event has at most {PARTIES_MAX} actors and as many recipients")]
    TooMany,
    /// A party is listed on both sides or twice on one, or a state acts only on itself.
    #[error("{} is on both sides", .0.code())]
    SelfRelation(Party),
    /// Host and sender of a mission or envoy are the same state.
    #[error("host and sender are both {}", .0.code())]
    HostIsSender(Party),
    /// The details do not fit the kind.
    #[error(transparent)]
    Details(#[from] DetailError),
}

impl Act {
    /// Checks that the act can be admitted.
    ///
    /// # Errors
    /// Returns the first [`ActError`] found.
    pub fn check(&self) -> Result<(), ActError> {
        if self.actors.is_empty() {
            return Err(ActError::NoActor);
        }
        if self.actors.len() > PARTIES_MAX || self.recipients.len() > PARTIES_MAX {
            return Err(ActError::TooMany);
        }
        let twice = |(place, actor): (usize, &Party)| {
            self.actors[..place].contains(actor) || self.recipients.contains(actor)
        };
        let mut actors = self.actors.iter().enumerate();
        if let Some((_, actor)) = actors.find(|actor| twice(*actor)) {
            return Err(ActError::SelfRelation(*actor));
        }
        // An authority counts as its state, which must not act on itself alone.
        let mut pairs = self
            .actors
            .iter()
            .flat_map(|actor| self.recipients.iter().map(move |other| (actor, other)));
        let itself = |(actor, other): (&Party, &Party)| {
            actor.state().is_some() && actor.state() == other.state()
        };
        if !self.recipients.is_empty() && pairs.all(itself) {
            return Err(ActError::SelfRelation(self.actors[0]));
        }
        let side = |field| self.details.party(field);
        if let (Some(host), Some(sender)) = (side(Field::Host), side(Field::Sender))
            && host == sender
        {
            return Err(ActError::HostIsSender(host));
        }
        Ok(self.details.check(self.kind)?)
    }
}

/// A publication about an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The name of the publisher; corroboration counts independent publishers.
    pub publisher: String,
    /// The address of the publication.
    pub url: Option<String>,
    /// The BCP 47 tag of its language.
    pub language: Option<String>,
    /// The date of publication.
    pub published: Option<Edtf>,
    /// The quoted passage, in the original language.
    pub quote: Option<String>,
    /// The grade of source and information.
    pub grade: Grade,
}

/// An event, as first reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// Its actors, kind, recipients and details.
    pub act: Act,
    /// The date of the event.
    pub occurred: Edtf,
    /// The title, in one or more languages.
    pub title: BTreeMap<Lang, String>,
    /// The publication that reported it.
    pub report: Report,
}

/// A first report, decoded only as far as the fold needs: its act and its publisher are still
/// encoded, as bytes or as the place of those.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventSkim<B> {
    /// The event.
    pub event: EventId,
    /// The time of admission, in milliseconds since 1970-01-01T00:00:00Z.
    pub recorded_unix_ms: i64,
    /// The encoded act.
    pub act: B,
    /// The first day on which it may have happened.
    pub earliest: Day,
    /// The last day on which it may have happened.
    pub latest: Day,
    /// The grade of its report.
    pub grade: Grade,
    /// The encoded name of its report's publisher.
    pub publisher: B,
}

impl<B: Copy> EventSkim<B> {
    /// Converts what is still encoded.
    pub fn map<C>(&self, convert: impl Fn(B) -> C) -> EventSkim<C> {
        EventSkim {
            event: self.event,
            recorded_unix_ms: self.recorded_unix_ms,
            act: convert(self.act),
            earliest: self.earliest,
            latest: self.latest,
            grade: self.grade,
            publisher: convert(self.publisher),
        }
    }
}

/// The author of a record, and the time at which it was admitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorship {
    /// The name of the author's token, or `local`.
    pub author: String,
    /// The time at which the gateway admitted it, UTC.
    pub recorded: OffsetDateTime,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks a critical statement of these actors towards these recipients.
    fn check(actors: &[&str], recipients: &[&str]) -> Result<(), ActError> {
        let parties = |codes: &[&str]| codes.iter().filter_map(|code| Party::find(code)).collect();
        let act = Act {
            kind: Kind::StatementCritical,
            actors: parties(actors),
            recipients: parties(recipients),
            details: Details::none(),
        };
        act.check()
    }

    fn itself(code: &str) -> Result<(), ActError> {
        Err(Party::find(code).map_or(ActError::NoActor, ActError::SelfRelation))
    }

    #[test]
    fn a_state_and_its_authorities_cannot_act_only_on_themselves() {
        assert_eq!(check(&["TALIBAN"], &["AFG"]), itself("TALIBAN"));
        assert_eq!(check(&["AFG"], &["TALIBAN", "AFG-REPUBLIC"]), itself("AFG"));
        let both = ["TALIBAN", "AFG-REPUBLIC"];
        assert_eq!(check(&both, &["AFG"]), itself("TALIBAN"));
        assert_eq!(check(&["TALIBAN"], &["AFG-REPUBLIC"]), itself("TALIBAN"));
    }

    #[test]
    fn a_state_may_act_on_itself_beside_others() {
        assert_eq!(check(&["TALIBAN"], &["AFG", "TJK"]), Ok(()));
        assert_eq!(check(&["TALIBAN", "TJK"], &["AFG"]), Ok(()));
        assert_eq!(check(&["TALIBAN"], &["NRF"]), Ok(()));
        assert_eq!(check(&["ISKP"], &["NRF"]), Ok(()));
        assert_eq!(check(&["TALIBAN"], &[]), Ok(()));
    }

    #[test]
    fn a_party_cannot_be_listed_on_both_sides_or_twice() {
        assert_eq!(check(&["TJK"], &["AFG", "TJK"]), itself("TJK"));
        assert_eq!(check(&["ISKP"], &["ISKP"]), itself("ISKP"));
        assert_eq!(check(&["TJK", "TJK"], &["AFG"]), itself("TJK"));
        assert_eq!(check(&[], &["AFG"]), Err(ActError::NoActor));
    }
}
