//! The conducts of many states towards one, side by side.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use detente_api::request::Clocks;
use detente_api::view::RelationView;
use detente_chronicle::Point;
use detente_domain::dimension::{Dimension, Weighed};
use detente_domain::event::EventId;
use detente_domain::party::Party;
use detente_domain::relations::{Direction, Pair};
use detente_domain::state::{State, Subject};
use detente_feed::Error;

use crate::archive::Archive;
use crate::clocks::point;
use crate::source::{ReadSource, fold_all_long};
use crate::turns::in_turns;

/// The most publishers that are named for a level.
pub const SOURCES_MAX: usize = 2;
/// The events whose publishers are named, at most, and the most letters of a name.
const NAMED_MAX: usize = 3;
const NAME_MAX: usize = 40;

/// The conducts of states towards one state, or of that state towards them.
#[derive(Clone, Debug)]
pub struct Board {
    /// The state that they are towards; with [`board_of`], the state whose they are.
    pub toward: Party,
    /// The point of both clocks.
    pub point: Point,
    /// The conducts, in the order of the codes of the other states.
    pub rows: Vec<BoardRow>,
}

/// The conduct of a state; with [`board_of`], that towards it.
#[derive(Clone, Debug)]
pub struct BoardRow {
    /// The state.
    pub from: Party,
    /// The conduct, as the API answers it.
    pub view: RelationView,
    /// For each dimension that has ever changed: the level before the last change.
    pub before: Vec<(Dimension, &'static str)>,
    /// For each dimension that has evidence: the publishers that first reported the weightiest
    /// events, at most [`SOURCES_MAX`].
    pub sources: Vec<(Dimension, Vec<String>)>,
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
    conducts(source, toward, End::Towards, of, clocks).await
}

/// Returns the conducts of a state towards all states that have a known relation with it.
///
/// # Errors
/// A refusal of the clocks, or a failure of the log.
pub async fn board_of<S: ReadSource>(
    source: &S,
    state: Party,
    clocks: &Clocks,
) -> Result<Board, Error> {
    conducts(source, state, End::Of, None, clocks).await
}

/// Returns the state that acts with the most others itself, and not through an organisation: of
/// several the first by its code, `None` if none does. It is the same at every point of both clocks.
pub async fn most_related<S: ReadSource>(source: &S) -> Option<Party> {
    let most = |archive: &mut Archive| {
        let chronicle = archive.chronicle();
        let mut others: BTreeMap<Party, usize> = BTreeMap::new();
        for pair in chronicle
            .pairs()
            .filter(|pair| chronicle.has_own_acts(*pair))
        {
            for state in [pair.a(), pair.b()] {
                *others.entry(state).or_default() += 1;
            }
        }
        let most = others
            .into_iter()
            .max_by_key(|(state, others)| (*others, Reverse(*state)));
        most.map(|(state, _)| state)
    };
    source.with_archive(most).await
}

/// Which end of the conducts the one state is.
#[derive(Clone, Copy)]
enum End {
    Towards,
    Of,
}

async fn conducts<S: ReadSource>(
    source: &S,
    state: Party,
    end: End,
    others: Option<BTreeSet<Party>>,
    clocks: &Clocks,
) -> Result<Board, Error> {
    let point = point(source, clocks, None).await?;
    let pairs = move |archive: &mut Archive| archive.chronicle().pairs_of(state);
    let pairs = source.with_archive(pairs).await.into_iter();
    let is_asked = |pair: &Pair| {
        let others = others.as_ref();
        others.is_none_or(|others| others.contains(&other(*pair, state)))
    };
    let pairs: Vec<Pair> = pairs.filter(is_asked).collect();
    fold_all_long(source, pairs.clone(), point.known, point.at).await;
    let projection = source.projection_name().to_owned();
    let row = move |archive: &mut Archive, pair: Pair| {
        Some(board_row(archive, pair, (state, end), point, &projection))
    };
    let rows = in_turns(source, pairs, row).await;
    let mut rows: Vec<BoardRow> = rows.into_iter().flatten().collect();
    rows.sort_by_key(|row| row.from);
    Ok(Board {
        toward: state,
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
    archive: &mut Archive,
    pair: Pair,
    (state, end): (Party, End),
    point: Point,
    projection: &str,
) -> Option<BoardRow> {
    let known = Some(point.known);
    let chronicle = archive.chronicle_mut();
    if !chronicle.is_known(pair, known) {
        return None;
    }
    let is_asked = |direction: &Direction| match (end, pair.ends(*direction)) {
        (End::Towards, (_, to)) => to == state,
        (End::Of, (from, _)) => from == state,
    };
    let direction = Direction::BOTH.into_iter().find(is_asked)?;
    let conduct = chronicle.state(pair, direction, point.at, known);
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
        from: other(pair, state),
        view: RelationView::new(&conduct, point.known.0, projection),
        before,
        sources: sources(archive, &conduct),
    })
}

/// Returns the publishers of the evidence of each dimension that has any; of the posture, those of the
/// weightiest event of each other dimension.
fn sources(archive: &Archive, state: &State) -> Vec<(Dimension, Vec<String>)> {
    let weighed = Weighed::ALL.map(|weighed| {
        let basis = &state.weighed[weighed.index()].basis;
        (Dimension::Weighed(weighed), basis.evidence.as_slice())
    });
    let leading: Vec<EventId> = weighed
        .iter()
        .filter_map(|(_, evidence)| evidence.first().copied())
        .collect();
    let others = [
        (Dimension::Posture, leading.as_slice()),
        (Dimension::Recognition, &state.recognition.basis.evidence),
        (
            Dimension::Representation,
            &state.representation.basis.evidence,
        ),
    ];
    let named = weighed
        .into_iter()
        .chain(others)
        .map(|(dimension, evidence)| {
            let mut names: Vec<String> = Vec::new();
            for event in evidence.iter().take(NAMED_MAX) {
                let publisher = archive.chronicle().first_publisher(*event);
                let name = publisher.map(|publisher| archive.publishers().name(publisher));
                let name: Option<String> = name.map(|name| name.chars().take(NAME_MAX).collect());
                names
                    .extend(name.filter(|name| names.len() < SOURCES_MAX && !names.contains(name)));
            }
            (dimension, names)
        });
    named.filter(|(_, names)| !names.is_empty()).collect()
}
