//! The data that ships: who governs, and the demonstration. Its ids are fixed, so loading it
//! again changes nothing.

use anyhow::bail;
use detente_api::json::{Entry, Form, entries};
use detente_auth::Caller;
use detente_ingest::Gateway;

use crate::source::BACKGROUND;

const DEMO: &str = include_str!("../../../data/demo.ndjson");

/// What was loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::commands) struct Loaded {
    /// Events of the demonstration.
    pub(in crate::commands) demo: usize,
    /// The position at which all of it is in the log.
    pub(in crate::commands) position: u64,
}

/// Loads what ships: who governs always, the demonstration when it is asked for.
pub(in crate::commands) async fn load(gateway: &Gateway, demo: bool) -> anyhow::Result<Loaded> {
    let mut loaded = Loaded::default();
    let sets = [
        ("the background data", BACKGROUND, true),
        ("the demonstration", DEMO, demo),
    ];
    for (name, text, _) in sets.into_iter().filter(|(_, _, wanted)| *wanted) {
        let rows: Vec<_> = entries(text.as_bytes(), Form::Ndjson).collect();
        let is_event = |(_, entry): &&(_, Result<Entry, _>)| matches!(entry, Ok(Entry::Event(_)));
        let events = rows.iter().filter(is_event).count();
        let answer = gateway.submit(&Caller::local(), rows, None).await?;
        if let Some(refused) = answer.refused.first() {
            let reasons: Vec<String> = refused.refusals.iter().map(ToString::to_string).collect();
            bail!(
                "row {} of {name} is refused: {}",
                refused.row,
                reasons.join("; ")
            );
        }
        let last = answer
            .accepted
            .iter()
            .map(|accepted| accepted.position)
            .max();
        loaded.position = loaded.position.max(last.unwrap_or(0));
        if text == DEMO {
            loaded.demo = events;
        }
    }
    Ok(loaded)
}
