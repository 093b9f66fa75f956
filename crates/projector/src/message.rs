//! The messages of a group: changes as JSON, with the checkpoint in their headers.
//!
//! A message depends on the log alone: no clock is read, and its limit is the same on every server.

use detente_api::view::{ChangeView, ChangesMessage};
use detente_chronicle::{Chronicle, Position};
use detente_jetstream::Checkpoint;
use detente_jetstream::feed_writer::Outgoing;

use crate::error::Error;
use crate::group::{Group, Part};

/// The most bytes of the changes in a message with more than one.
const PAYLOAD_MAX: usize = 256 << 10;
/// The most bytes of a single change: every server accepts them, with headers. One is smaller by far
/// as a rule, since it names a bounded number of causes and disputes.
const CHANGE_MAX: usize = 448 << 10;

/// The most bytes of a message in the place of a change; one with a change is longer.
const MARK_MAX: usize = 128;

/// Returns the messages of a group that are not published yet. The chronicle must be at the end of
/// the group, or beyond it. A change that no message can carry is left out, and its message says so.
///
/// # Errors
/// Returns [`Error::Diverged`] if the published part has another number of messages.
pub fn messages(
    chronicle: &Chronicle,
    group: Group,
    published: Option<Checkpoint>,
) -> Result<Vec<Outgoing>, Error> {
    let (from, position, digest) = (group.from, group.position, group.digest());
    let mut all = Vec::new();
    for part in group.parts() {
        let suffix = format!("{}.{}", part.pair.a().code(), part.pair.b().code());
        let payloads = payloads(changes(chronicle, &part), PAYLOAD_MAX, CHANGE_MAX)?;
        all.extend(
            payloads
                .into_iter()
                .map(|payload| (suffix.clone(), payload)),
        );
    }
    let parts = all.len();
    if let Some(published) = published.filter(|published| published.parts != parts) {
        return Err(Error::Diverged {
            position,
            published: published.parts,
            derived: parts,
        });
    }
    let skip = published.map_or(0, |published| published.part);
    let rest = all.into_iter().enumerate().skip(skip);
    let outgoing = rest.map(|(index, (subject_suffix, payload))| Outgoing {
        subject_suffix,
        headers: Checkpoint {
            from,
            position,
            part: index + 1,
            parts,
            digest,
        }
        .to_headers(),
        payload: payload.into(),
    });
    Ok(outgoing.collect())
}

/// Returns the changes of a part.
fn changes(chronicle: &Chronicle, part: &Part) -> ChangesMessage {
    let changes = part.changes.iter().map(|(at, change)| {
        let disputes = chronicle.disputes(&change.causes, Position(at.position));
        ChangeView::new(change, *at).with_disputes(&disputes)
    });
    ChangesMessage {
        relation: part.pair.to_string(),
        position: part.last.position,
        changes: changes.collect(),
        omitted: 0,
    }
}

/// Returns the number of changes in whose place a message is, if it is one.
#[must_use]
pub fn omitted(payload: &[u8]) -> Option<u64> {
    if payload.len() > MARK_MAX {
        return None;
    }
    let message: ChangesMessage = serde_json::from_slice(payload).ok()?;
    (message.omitted > 0).then_some(message.omitted)
}

/// Returns a message as JSON, halved until each half fits or has one change. In place of one that is
/// too large even so is a message without it.
fn payloads(
    message: ChangesMessage,
    bytes_max: usize,
    change_max: usize,
) -> Result<Vec<Vec<u8>>, serde_json::Error> {
    let mut waiting = vec![message];
    let mut payloads = Vec::new();
    while let Some(mut message) = waiting.pop() {
        let payload = serde_json::to_vec(&message)?;
        let is_single = message.changes.len() < 2;
        if payload.len() <= bytes_max || is_single && payload.len() <= change_max {
            payloads.push(payload);
        } else if is_single {
            let mark = ChangesMessage {
                omitted: message.changes.len() as u64,
                changes: Vec::new(),
                ..message
            };
            payloads.push(serde_json::to_vec(&mark)?);
        } else {
            let second = message.changes.split_off(message.changes.len() / 2);
            waiting.push(ChangesMessage {
                relation: message.relation.clone(),
                changes: second,
                ..message
            });
            waiting.push(message);
        }
    }
    Ok(payloads)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn message(changes: usize) -> ChangesMessage {
        let change = json!({
            "relation": "AFG-TJK", "direction": null, "dimension": "missions", "key": null,
            "from": "unknown", "to": "open", "was_uncertain": false, "uncertain": false,
            "day": "2023-03-23", "until": null, "occasion": "happened", "causes": [],
            "lag_days": null, "position": 7
        });
        let change: ChangeView = serde_json::from_value(change).expect("a change");
        let numbered = (1..).map(|position| ChangeView {
            position,
            ..change.clone()
        });
        ChangesMessage {
            relation: "AFG-TJK".to_owned(),
            position: 7,
            changes: numbered.take(changes).collect(),
            omitted: 0,
        }
    }

    #[test]
    fn a_message_is_cut_by_bytes_and_no_change_is_lost_or_moved() {
        let whole = message(50);
        let limit = 4 << 10;
        let payloads = payloads(whole.clone(), limit, CHANGE_MAX).expect("is JSON");
        assert!(payloads.len() > 1 && payloads.iter().all(|payload| payload.len() <= limit));
        let parsed = payloads.iter().map(|payload| {
            let part: ChangesMessage = serde_json::from_slice(payload).expect("a message");
            assert_eq!((&*part.relation, part.position), ("AFG-TJK", 7));
            part.changes
        });
        assert_eq!(parsed.flatten().collect::<Vec<_>>(), whole.changes);
    }

    #[test]
    fn a_message_that_fits_and_a_single_change_are_not_cut() {
        let cut = |changes, bytes_max| {
            let payloads = payloads(message(changes), bytes_max, CHANGE_MAX);
            payloads.expect("is JSON").len()
        };
        assert_eq!(cut(50, PAYLOAD_MAX), 1);
        assert_eq!(cut(1, 10), 1);
    }

    #[test]
    fn a_change_that_no_message_can_carry_is_left_out_alone_and_marked() {
        let mut whole = message(9);
        whole.changes[4].relation = "X".repeat(5_000);
        let payloads = payloads(whole, 2_000, 4_000).expect("is JSON");
        assert!(payloads.iter().all(|payload| payload.len() <= 4_000));
        let omitted: Vec<u64> = payloads
            .iter()
            .filter_map(|payload| omitted(payload))
            .collect();
        assert_eq!(omitted, [1]);
        let kept = payloads.iter().map(|payload| {
            let message: ChangesMessage = serde_json::from_slice(payload).expect("a message");
            message.changes.len()
        });
        assert_eq!(kept.sum::<usize>(), 8);
    }
}
