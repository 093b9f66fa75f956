//! The conducts of many states towards one, side by side.

use std::collections::BTreeSet;

use detente_api::request::Clocks;
use detente_api::view::RelationView;
use detente_chronicle::{Chronicle, Point};
use detente_domain::dimension::Dimension;
use detente_domain::party::Party;
use detente_domain::relations::{Direction, Pair};
use detente_domain::state::Subject;
use detente_feed::Error;

use crate::archive::Archive;
use crate::clocks::point;
use crate::source::{ReadSource, fold_all_long};
use crate::turns::in_turns;

/// The conducts of states towards one state.
#[derive(Clone, Debug)]
pub struct Board {
    /// The state that they are towards.
    pub toward: Party,
    /// The point of both clocks.
    pub point: Point,
    /// The conducts, in the order of the codes of the states whose they are.
    pub rows: Vec<BoardRow>,
}

/// The conduct of a state.
#[derive(Clone, Debug)]
pub struct BoardRow {
    /// The state.
    pub from: Party,
    /// Its conduct, as the API answers it.
    pub view: RelationView,
    /// For each dimension that has ever changed: the level before the last change.
    pub before: Vec<(Dimension, &'static str)>,
}

/// Returns the conducts towards a state, of all states that have a known relation with it or of
/// those of them that are given.
///
/// # Errors
/// A refusal of the clocks, or a failure of the log.
pub async fn board<S: ReadSource>(
    source: &S,
    toward: Party,
    of: Option<BTreeSet<Party>>,
    clocks: &Clocks,
) -> Result<Board, Error> {
    let point = point(source, clocks, None).await?;
    let pairs = move |archive: &mut Archive| archive.chronicle().pairs_of(toward);
    let pairs = source.with_archive(pairs).await.into_iter();
    let is_asked = |pair: &Pair| {
        of.as_ref()
            .is_none_or(|of| of.contains(&other(*pair, toward)))
    };
    let pairs: Vec<Pair> = pairs.filter(is_asked).collect();
    fold_all_long(source, pairs.clone(), point.known, point.at).await;
    let projection = source.projection_name().to_owned();
    let row = move |archive: &mut Archive, pair: Pair| {
        Some(board_row(
            archive.chronicle_mut(),
            pair,
            toward,
            point,
            &projection,
        ))
    };
    let rows = in_turns(source, pairs, row).await;
    let mut rows: Vec<BoardRow> = rows.into_iter().flatten().collect();
    rows.sort_by_key(|row| row.from);
    Ok(Board {
        toward,
        point,
        rows,
    })
}

fn other(pair: Pair, state: Party) -> Party {
    if pair.a() == state {
        pair.b()
    } else {
        pair.a()
    }
}

/// Returns the conduct of a pair's other state; `None` if no event of the relation is known.
fn board_row(
    chronicle: &mut Chronicle,
    pair: Pair,
    toward: Party,
    point: Point,
    projection: &str,
) -> Option<BoardRow> {
    let known = Some(point.known);
    if !chronicle.is_known(pair, known) {
        return None;
    }
    let towards = |direction: &Direction| pair.ends(*direction).1 == toward;
    let direction = Direction::BOTH.into_iter().find(towards)?;
    let state = chronicle.state(pair, direction, point.at, known);
    let mut before = Vec::new();
    for (subject, timeline) in &chronicle.timelines(pair, known) {
        let Subject::Conduct(way, dimension) = subject else {
            continue;
        };
        if *way != direction {
            continue;
        }
        let steps = timeline.steps.iter();
        let levels = steps.rev().skip_while(|step| step.day > point.at);
        let mut levels = levels.map(|step| step.held.map(|held| held.word));
        if let Some(now) = levels.next()
            && let Some(earlier) = levels.find(|level| *level != now)
        {
            before.push((*dimension, earlier.unwrap_or(detente_api::view::UNKNOWN)));
        }
    }
    Some(BoardRow {
        from: other(pair, toward),
        view: RelationView::new(&state, point.known.0, projection),
        before,
    })
}
