//! The checkpoint: the headers of a RELATIONS message.

use detente_stream::Headers;

/// The header with the last commit that the message's group tells of.
pub const POSITION: &str = "Detente-Position";
/// The header with the first commit that the message's group tells of. It is the same commit
/// while the projector keeps up; behind the log it tells of many commits at once.
pub const FROM: &str = "Detente-From";
/// The header with the message's place in its group, from 1.
pub const PART: &str = "Detente-Part";
/// The header with the number of messages in the group.
pub const PARTS: &str = "Detente-Parts";

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
    pub(crate) fn write(self) -> Vec<(String, String)> {
        let header = |name: &str, value: u64| (name.to_owned(), value.to_string());
        vec![
            header(POSITION, self.position),
            header(FROM, self.from),
            header(PART, self.part as u64),
            header(PARTS, self.parts as u64),
        ]
    }

    /// Whether nothing of its group is missing.
    #[must_use]
    pub const fn is_whole(self) -> bool {
        self.part == self.parts
    }
}
