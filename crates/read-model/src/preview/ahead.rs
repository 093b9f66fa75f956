//! The relations of a preview, folded before it is made: the preview itself is one turn.

use std::collections::BTreeSet;

use detente_chronicle::Position;
use detente_domain::day::Day;
use detente_domain::details::Field;
use detente_domain::event::Act;
use detente_domain::party::Party;
use detente_domain::relations::{self, Direction, Pair};

use super::{Proposed, RELATIONS_MAX, changes_regimes};
use crate::archive::Archive;
use crate::source::{ReadSource, fold_all_long};
use crate::turns::in_turns;

/// Folds relations up to a day: those that take long apart from the archive, the others in turns.
pub(super) async fn fold_ahead<S: ReadSource>(
    source: &S,
    pairs: Vec<Pair>,
    head: Position,
    until: Day,
) {
    fold_all_long(source, pairs.clone(), head, until).await;
    let fold = move |archive: &mut Archive, pair: Pair| {
        let _state = archive
            .chronicle_mut()
            .state(pair, Direction::Forward, until, None);
        Some(())
    };
    in_turns(source, pairs, fold).await;
}

/// Returns the relations that new events affect, as many as a preview folds. A relation that only
/// the log or the preview itself makes one of an organisation is left to the preview.
pub(super) fn touched(archive: &Archive, events: &[Proposed]) -> Vec<Pair> {
    let new = events.iter().filter(|proposed| proposed.is_new());
    let acts: Vec<&Act> = new.map(|proposed| &proposed.of.event.act).collect();
    let affected = acts.iter().flat_map(|act| relations::affected(act));
    let by_act: BTreeSet<Pair> = affected.map(|affected| affected.pair).collect();
    let changing = acts.iter().filter(|act| changes_regimes(act.kind));
    let states: BTreeSet<Party> = changing.flat_map(|act| states(act)).collect();
    let of_states = states.into_iter();
    let of_states = of_states.flat_map(|state| archive.chronicle().pairs_of(state));
    let by_regime: BTreeSet<Pair> = of_states.filter(|pair| !by_act.contains(pair)).collect();
    let pairs = by_act.into_iter().chain(by_regime);
    pairs.take(RELATIONS_MAX).collect()
}

/// Returns the states whose regimes an act may change.
fn states(act: &Act) -> impl Iterator<Item = Party> {
    let named = act
        .actors
        .iter()
        .copied()
        .chain(act.details.party(Field::State));
    named.filter(|party| party.state() == Some(*party))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use detente_api::submission::{BodyFormat, submissions};
    use detente_domain::event::Authorship;
    use detente_rulebook as rulebook;
    use time::OffsetDateTime;

    use super::super::parsed;
    use super::*;

    const VISIT: &str = r#"{"id":"00000000-0000-7000-8000-000000000001","kind":"visit.made","actors":["UZB"],"recipients":["AFG"],"occurred":"2022-05-01","title":{"en":"A visit"},"report":{"publisher":"Two","grade":"B2"}}"#;
    const TAKEOVER: &str = r#"{"id":"00000000-0000-7000-8000-000000000002","kind":"authority.changed","actors":["TALIBAN"],"recipients":[],"occurred":"2021-08-15","details":{"state":"AFG","authority":"TALIBAN"},"title":{"en":"A takeover"},"report":{"publisher":"Two","grade":"B2"}}"#;

    fn events(row: &str) -> Vec<Proposed> {
        let (_, events) = parsed(submissions(row.as_bytes(), BodyFormat::Ndjson).collect());
        assert_eq!(events.len(), 1, "{row}");
        events
    }

    #[test]
    fn the_relations_of_acts_and_of_new_regimes_are_folded_ahead() {
        let mut archive = Archive::new(Arc::new(rulebook::default_rulebook().unwrap().clone()));
        let party = |code| Party::find(code).unwrap();
        let pair = Pair::new(party("AFG"), party("UZB")).unwrap();
        assert_eq!(touched(&archive, &events(VISIT)), [pair]);
        let (_, visit) = submissions(VISIT.as_bytes(), BodyFormat::Ndjson)
            .next()
            .unwrap();
        let (visit, authorship) = (
            visit.unwrap(),
            Authorship {
                author: "test".to_owned(),
                recorded: OffsetDateTime::UNIX_EPOCH,
            },
        );
        let id = visit.id().unwrap();
        archive.apply(1, &visit.into_record(id, authorship));
        assert!(touched(&archive, &events(TAKEOVER)).contains(&pair));
    }
}
