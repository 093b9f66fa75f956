//! The checkpoint: the headers of a RELATIONS message, which say how far it tells of the log.

use crate::Headers;

/// The header with the last commit that the message's group tells of.
const POSITION: &str = "Detente-Position";
/// The header with the first commit that the message's group tells of. It is the same commit
/// while the projector keeps up; behind the log it tells of many commits at once.
const FROM: &str = "Detente-From";
/// The header with the message's place in its group, from 1.
const PART: &str = "Detente-Part";
/// The header with the number of messages in the group.
const PARTS: &str = "Detente-Parts";

/// Which commits a message tells of, and which of their messages it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The first commit.
    pub from: u64,
    /// The last commit.
    pub position: u64,
    /// The message's place, from 1.
    pub part: usize,
    /// The number of messages.
    pub parts: usize,
}

impl Checkpoint {
    /// Reads the headers of a message; `None` where they are none of ours.
    #[must_use]
    pub fn read(headers: &Headers) -> Option<Self> {
        let number = |name: &str| headers.get(name)?.parse::<u64>().ok();
        let (position, from) = (number(POSITION)?, number(FROM)?);
        let part = usize::try_from(number(PART)?).ok()?;
        let parts = usize::try_from(number(PARTS)?).ok()?;
        let sound = from <= position && (1..=parts).contains(&part);
        sound.then_some(Self {
            from,
            position,
            part,
            parts,
        })
    }

    /// The headers.
    #[must_use]
    pub fn write(self) -> Vec<(String, String)> {
        let header = |name: &str, value: u64| (name.to_owned(), value.to_string());
        vec![
            header(POSITION, self.position),
            header(FROM, self.from),
            header(PART, self.part as u64),
            header(PARTS, self.parts as u64),
        ]
    }

    /// The last commit that is told of whole with this message, with all before it.
    #[must_use]
    pub const fn told(self) -> u64 {
        if self.is_whole() {
            self.position
        } else {
            self.from.saturating_sub(1)
        }
    }

    /// Whether nothing of its group is missing.
    #[must_use]
    pub const fn is_whole(self) -> bool {
        self.part == self.parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_nats::header::HeaderMap;

    fn read(headers: &[(String, String)]) -> Option<Checkpoint> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(name.as_str(), value.as_str());
        }
        Checkpoint::read(&Headers::received(Some(map)))
    }

    #[test]
    fn a_checkpoint_reads_back_and_is_whole_with_its_last_part_only() {
        for part in 1..=3 {
            let checkpoint = Checkpoint {
                from: 5,
                position: 7,
                part,
                parts: 3,
            };
            assert_eq!(read(&checkpoint.write()), Some(checkpoint));
            assert_eq!(checkpoint.is_whole(), part == 3);
        }
    }

    #[test]
    fn a_message_of_somebody_else_has_none() {
        let ours = Checkpoint {
            from: 5,
            position: 7,
            part: 1,
            parts: 1,
        }
        .write();
        for missing in 0..ours.len() {
            let mut headers = ours.clone();
            headers.remove(missing);
            assert_eq!(read(&headers), None);
        }
        let beyond = Checkpoint {
            from: 5,
            position: 7,
            part: 2,
            parts: 1,
        };
        assert_eq!(read(&beyond.write()), None);
    }
}
