//! The messages of a group: changes as JSON, with the checkpoint in their headers.
//!
//! A message depends on the log alone: no clock is read.

use detente_api::view::{ChangeView, ChangesMessage};
use detente_chronicle::{Chronicle, Position};
use detente_jetstream::Checkpoint;
use detente_jetstream::feed_writer::Outgoing;

use crate::error::Error;
use crate::group::Group;

/// Returns the messages of a group that are not published yet. The chronicle must be at the end of
/// the group.
///
/// # Errors
/// Returns [`Error::Diverged`] if the published part has another number of messages.
pub fn messages(
    chronicle: &Chronicle,
    group: Group,
    published: Option<Checkpoint>,
) -> Result<Vec<Outgoing>, Error> {
    let (from, position, digest) = (group.from, group.position, group.digest());
    let all = group.parts();
    let parts = all.len();
    if let Some(published) = published.filter(|published| published.parts != parts) {
        return Err(Error::Diverged {
            position,
            published: published.parts,
            derived: parts,
        });
    }
    let skip = published.map_or(0, |published| published.part);
    let mut messages = Vec::with_capacity(parts - skip);
    for (index, part) in all.into_iter().enumerate().skip(skip) {
        let (a, b) = (part.pair.a().code(), part.pair.b().code());
        let changes = part.changes.iter().map(|(at, change)| {
            let disputes = chronicle.disputes(&change.causes, Position(at.position));
            ChangeView::new(change, *at).with_disputes(&disputes)
        });
        let message = ChangesMessage {
            relation: format!("{a}-{b}"),
            position: part.last.position,
            changes: changes.collect(),
        };
        let checkpoint = Checkpoint {
            from,
            position,
            part: index + 1,
            parts,
            digest,
        };
        messages.push(Outgoing {
            subject_suffix: format!("{a}.{b}"),
            headers: checkpoint.to_headers(),
            payload: serde_json::to_vec(&message)?.into(),
        });
    }
    Ok(messages)
}
