//! How far a message of the RELATIONS stream tells of the log: what the projector says in its
//! headers. A commit that touches many relations is told in many messages, its parts.

use detente_stream::Headers;

/// The last commit that a message tells of.
const POSITION: &str = "Detente-Position";
/// Which part of its commits the message is, from 1.
const PART: &str = "Detente-Part";
/// How many parts there are.
const PARTS: &str = "Detente-Parts";

/// The last commit that is told of whole with this message; none before the last part.
pub(super) fn told(headers: &Headers) -> Option<u64> {
    of(|name| headers.get(name)?.parse().ok())
}

fn of(header: impl Fn(&str) -> Option<u64>) -> Option<u64> {
    let (position, part, parts) = (header(POSITION)?, header(PART)?, header(PARTS)?);
    (part == parts).then_some(position)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told_by(part: u64, parts: u64) -> Option<u64> {
        of(|name| match name {
            POSITION => Some(7),
            PART => Some(part),
            PARTS => Some(parts),
            _ => None,
        })
    }

    #[test]
    fn a_commit_counts_with_its_last_part_only() {
        assert_eq!((told_by(1, 3), told_by(2, 3)), (None, None));
        assert_eq!(told_by(3, 3), Some(7));
        assert_eq!(told_by(1, 1), Some(7));
    }

    #[test]
    fn a_message_of_somebody_else_tells_of_nothing() {
        assert_eq!(told(&Headers::default()), None);
        assert_eq!(of(|name| (name != PARTS).then_some(1)), None);
    }
}
