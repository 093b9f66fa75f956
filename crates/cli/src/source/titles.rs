//! Titles of the events that an answer cites.

use std::collections::{BTreeSet, HashMap};

use detente_api::request::{Clocks, DirectedPair};
use detente_api::view::localized::title_in;
use detente_api::view::{EventLookup, EventView};
use detente_client::Client;
use detente_domain::kind::Kind;
use detente_domain::party::Lang;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use uuid::Uuid;

use super::{PAGE, codes, with_exit_code};

/// Up to so many events are fetched one by one.
const SINGLES_MAX: usize = 24;
/// The number of those that are fetched at once.
const SINGLES_AT_ONCE: usize = 8;

/// The label of an event in a table.
pub(crate) struct EventLabel {
    /// The title.
    pub(crate) title: String,
    /// True unless it is a change of authority, which affects every relation of a state.
    pub(crate) is_own: bool,
}

/// Labels of events by their ids.
pub(crate) type Titles = HashMap<Uuid, EventLabel>;

/// Returns the title of an event in a language, else in English, else another one.
pub(crate) fn title(event: &EventView, lang: Lang) -> String {
    title_in(&event.event.title, lang)
        .unwrap_or_default()
        .to_owned()
}

/// Returns the id of an event with its label.
pub(super) fn labelled(event: &EventView, lang: Lang) -> Option<(Uuid, EventLabel)> {
    let label = EventLabel {
        title: title(event, lang),
        is_own: event.event.kind != Kind::AuthorityChanged.as_str(),
    };
    Some((event.event.id?, label))
}

/// Reads many titles from the list of the relation's events, and the rest, such as changes of
/// authority, one by one.
pub(super) async fn fetch(
    client: &Client,
    relation: DirectedPair,
    clocks: Clocks,
    mut wanted: BTreeSet<Uuid>,
    lang: Lang,
) -> anyhow::Result<Titles> {
    let mut titles = Titles::new();
    let (from, to) = codes(relation);
    let mut pages = client.relation_events(from, to, &clocks).limit(PAGE);
    while wanted.len() > SINGLES_MAX
        && let Some(page) = pages.next().await.map_err(with_exit_code)?
    {
        let labels = page.items.iter().filter_map(|event| labelled(event, lang));
        titles.extend(labels.filter(|(id, _)| wanted.remove(id)));
    }
    let clocks = Clocks { at: None, ..clocks };
    let singles = wanted.iter().map(|id| client.event(*id, &clocks));
    let singles: Vec<EventLookup> = stream::iter(singles)
        .buffered(SINGLES_AT_ONCE)
        .try_collect()
        .await
        .map_err(with_exit_code)?;
    titles.extend(singles.iter().filter_map(|event| match event {
        EventLookup::Event(view) => labelled(view, lang),
        EventLookup::Pending(_) => None,
    }));
    Ok(titles)
}
