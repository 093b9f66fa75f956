//! Events and reports: one development, and the publications about it.

use crate::details::{self, Details};
use crate::edtf::Edtf;
use crate::grade::Grade;
use crate::kind::Kind;
use crate::party::{Lang, Party};
use crate::routes::state_of;
use std::collections::BTreeMap;
use time::OffsetDateTime;
use uuid::Uuid;

/// Identifies an event: the id of the record that first reported it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub Uuid);

/// Who did what to whom.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Act {
    /// What.
    pub kind: Kind,
    /// Who did it; at least one.
    pub actors: Vec<Party>,
    /// To whom; may be empty.
    pub recipients: Vec<Party>,
    /// What the kind asks for.
    pub details: Details,
}

/// The most actors, or recipients, that one event may have: a summit of every state.
pub const PARTIES_MAX: usize = 300;

/// Why an act cannot stand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Nobody did it.
    #[error("an event needs at least one actor")]
    NoActor,
    /// More parties than [`PARTIES_MAX`].
    #[error("an event has at most {PARTIES_MAX} actors and as many recipients")]
    TooMany,
    /// A party stands on both sides or twice on one, or a state faces only itself.
    #[error("{} is on both sides", .0.code())]
    SelfRelation(Party),
    /// Host and sender of a mission or envoy are one state.
    #[error("host and sender are both {}", .0.code())]
    HostIsSender(Party),
    /// The details do not fit the kind.
    #[error(transparent)]
    Details(#[from] details::Fault),
}

impl Act {
    /// Checks what admission demands.
    ///
    /// # Errors
    /// The first thing that is [`Unfit`].
    pub fn check(&self) -> Result<(), Unfit> {
        if self.actors.is_empty() {
            return Err(Unfit::NoActor);
        }
        if self.actors.len() > PARTIES_MAX || self.recipients.len() > PARTIES_MAX {
            return Err(Unfit::TooMany);
        }
        let twice = |(place, actor): (usize, &Party)| {
            self.actors[..place].contains(actor) || self.recipients.contains(actor)
        };
        let mut actors = self.actors.iter().enumerate();
        if let Some((_, actor)) = actors.find(|actor| twice(*actor)) {
            return Err(Unfit::SelfRelation(*actor));
        }
        // An authority is its state: facing only itself, nobody acts on anybody.
        let mut pairs = self
            .actors
            .iter()
            .flat_map(|actor| self.recipients.iter().map(move |other| (actor, other)));
        let itself = |(one, other): (&Party, &Party)| {
            state_of(*one).is_some_and(|state| state_of(*other) == Some(state))
        };
        if !self.recipients.is_empty() && pairs.all(itself) {
            return Err(Unfit::SelfRelation(self.actors[0]));
        }
        let side = |field| self.details.party(field);
        if let (Some(host), Some(sender)) =
            (side(details::Field::Host), side(details::Field::Sender))
            && host == sender
        {
            return Err(Unfit::HostIsSender(host));
        }
        Ok(self.details.check(self.kind)?)
    }
}

/// One publication about an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Who published it; corroboration counts independent publishers.
    pub publisher: String,
    /// Where.
    pub url: Option<String>,
    /// BCP 47 tag of the language it is in.
    pub language: Option<String>,
    /// When it was published.
    pub published: Option<Edtf>,
    /// The words that it rests on, in the original language.
    pub quote: Option<String>,
    /// How far source and information are trusted.
    pub grade: Grade,
}

/// One development, as first reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// Who did what to whom.
    pub act: Act,
    /// When it was so.
    pub occurred: Edtf,
    /// A title in one or more languages.
    pub title: BTreeMap<Lang, String>,
    /// The publication that it rests on.
    pub report: Report,
}

/// A record's author and the moment at which it was admitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorship {
    /// Who entered it: the name of a token, or `local`.
    pub author: String,
    /// The gateway's clock when it was admitted, UTC.
    pub recorded: OffsetDateTime,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a critical statement of these actors towards these recipients is fit.
    fn check(actors: &[&str], recipients: &[&str]) -> Result<(), Unfit> {
        let parties = |codes: &[&str]| codes.iter().filter_map(|code| Party::find(code)).collect();
        let act = Act {
            kind: Kind::StatementCritical,
            actors: parties(actors),
            recipients: parties(recipients),
            details: Details::none(),
        };
        act.check()
    }

    fn itself(code: &str) -> Result<(), Unfit> {
        Err(Party::find(code).map_or(Unfit::NoActor, Unfit::SelfRelation))
    }

    #[test]
    fn a_state_and_its_authorities_do_not_face_only_themselves() {
        assert_eq!(check(&["TALIBAN"], &["AFG"]), itself("TALIBAN"));
        assert_eq!(check(&["AFG"], &["TALIBAN", "AFG-REPUBLIC"]), itself("AFG"));
        let both = ["TALIBAN", "AFG-REPUBLIC"];
        assert_eq!(check(&both, &["AFG"]), itself("TALIBAN"));
        assert_eq!(check(&["TALIBAN"], &["AFG-REPUBLIC"]), itself("TALIBAN"));
    }

    #[test]
    fn a_state_may_face_itself_beside_others() {
        assert_eq!(check(&["TALIBAN"], &["AFG", "TJK"]), Ok(()));
        assert_eq!(check(&["TALIBAN", "TJK"], &["AFG"]), Ok(()));
        assert_eq!(check(&["TALIBAN"], &["NRF"]), Ok(()));
        assert_eq!(check(&["ISKP"], &["NRF"]), Ok(()));
        assert_eq!(check(&["TALIBAN"], &[]), Ok(()));
    }

    #[test]
    fn nobody_stands_on_both_sides_or_twice() {
        assert_eq!(check(&["TJK"], &["AFG", "TJK"]), itself("TJK"));
        assert_eq!(check(&["ISKP"], &["ISKP"]), itself("ISKP"));
        assert_eq!(check(&["TJK", "TJK"], &["AFG"]), itself("TJK"));
        assert_eq!(check(&[], &["AFG"]), Err(Unfit::NoActor));
    }
}
