//! Why a dimension stands where it does.

use detente_api::view::{Source, Tellings, Told, WhyView};
use detente_api::{Code, Refusal};
use detente_chronicle::{Account, Position};
use detente_domain::day::Day;
use detente_domain::dimension::Dimension;

use detente_api::parse::Ends;

use super::Moment;
use crate::archive::Archive;

/// Reads the word of a dimension.
///
/// # Errors
/// `unknown_dimension`, with all words.
pub fn dimension(word: &str) -> Result<Dimension, Refusal> {
    Dimension::parse(word).ok_or_else(|| {
        let message = format!("no dimension is called {word:?}");
        let refusal = Refusal::new(Code::UnknownDimension, message);
        let words = Dimension::ALL.into_iter().map(Dimension::as_str);
        refusal.field("dimension").given(word).allowed(words)
    })
}

/// Why a dimension of a conduct stands where it does, with at most `limit` events that counted and
/// as many that did not. Titles and publications are left to [`WhyView::resolve`].
pub fn why(
    archive: &mut Archive,
    projection: &str,
    ends: Ends,
    dimension: Dimension,
    moment: Moment,
    limit: usize,
) -> WhyView {
    let known = Some(moment.position());
    let Ends { pair, direction } = ends;
    let account = archive
        .chronicle_mut()
        .why(pair, direction, dimension, moment.at, known);
    let rules = std::sync::Arc::clone(archive.chronicle().rules());
    let source = Source {
        known_at: moment.known,
        projection,
        rulebook: &rules.version,
    };
    WhyView::of(&account.why, &tellings(archive, &account), source, limit)
}

fn tellings(archive: &Archive, account: &Account) -> Tellings {
    let told = account.tellings.iter().map(|(event, telling)| {
        let told = Told {
            position: telling.position.0,
            settled: telling.settled.0,
            recorded: recorded(archive, telling.settled),
            denied_by: telling.denied_by.clone(),
            linked: telling.linked.clone(),
        };
        (*event, told)
    });
    told.collect()
}

/// The day on which a commit was recorded, where that is known.
pub(super) fn recorded(archive: &Archive, position: Position) -> Option<Day> {
    archive.recorded(position.0)
}
