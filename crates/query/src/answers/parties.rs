//! Parties, as people name them in a question.

use detente_domain::party::{Lang, Party, PartyKind};
use detente_domain::routes::{Direction, Pair};
use detente_wire::{Code, Refusal};

/// The two ends of a conduct.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends {
    /// The relation.
    pub pair: Pair,
    /// The conduct.
    pub direction: Direction,
}

/// Any party, by code or name.
///
/// # Errors
/// `unknown_party`, with those that are near.
pub fn party(field: &str, given: &str) -> Result<Party, Refusal> {
    Party::resolve(given).ok_or_else(|| Refusal::unknown_party(field, given))
}

/// A state, by code or name.
///
/// # Errors
/// `unknown_party`; and `unknown_relation` for a party that is no state, which says whose it is.
pub fn state(field: &str, given: &str) -> Result<Party, Refusal> {
    let found = party(field, given)?;
    let name = found.name(Lang::En);
    let refused = |message: String| Refusal::new(Code::UnknownRelation, message);
    let refusal = match (found.kind(), found.claims()) {
        (PartyKind::State, _) => return Ok(found),
        (PartyKind::Authority, Some(state)) => {
            let (code, of) = (state.code(), state.name(Lang::En));
            let message = format!(
                "{name} is an authority, and relations are between states: ask for {code} ({of})"
            );
            refused(message).allowed([code])
        }
        (PartyKind::Authority, None) => refused(format!(
            "{name} is an authority of no one state, and relations are between states"
        )),
        (PartyKind::Group, _) => refused(format!(
            "{name} is an armed group, and relations are between states"
        )),
        (PartyKind::Organisation, _) => refused(format!(
            "{name} is an organisation, and relations are between states"
        )),
    };
    Err(refusal.field(field).given(given))
}

/// The conduct of one state towards another.
///
/// # Errors
/// As [`state`]; and `unknown_relation` for a state and itself.
pub fn ends(from: &str, to: &str) -> Result<Ends, Refusal> {
    let (one, other) = (state("from", from)?, state("to", to)?);
    Pair::new(one, other)
        .and_then(|pair| {
            Some(Ends {
                pair,
                direction: pair.from(one)?,
            })
        })
        .ok_or_else(|| {
            let message = format!("{} has no relation with itself", one.code());
            Refusal::new(Code::UnknownRelation, message)
                .field("to")
                .given(to)
        })
}
