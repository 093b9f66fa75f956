//! Voices: each publisher once, however many reports it wrote and names it goes by.
//!
//! A report keeps a number of 22 bits. A publisher is looked up by the bytes that its name was
//! stored in, so that a replay compares names only when one is met for the first time.

use detente_domain::publisher::Voice;
use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
use std::hash::BuildHasher;

/// The number of a voice, below 2^22.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct VoiceId(u32);

impl VoiceId {
    /// How many bits a number takes.
    pub(crate) const BITS: u32 = 22;
    /// The last number. After four million publishers all further ones are taken for one voice,
    /// which then raises less than it might.
    const LAST: u32 = (1 << Self::BITS) - 1;

    /// From the bits of a row; more than there are is the last.
    pub(crate) const fn from_bits(bits: u32) -> Self {
        Self(if bits < Self::LAST { bits } else { Self::LAST })
    }

    pub(crate) const fn bits(self) -> u32 {
        self.0
    }
}

/// All voices.
#[derive(Debug, Default)]
pub(crate) struct Voices {
    by_voice: HashMap<Voice, VoiceId>,
    raw: HashTable<(Box<[u8]>, VoiceId)>,
    hasher: DefaultHashBuilder,
}

impl Voices {
    /// The voice of a publisher, by its name as it is stored.
    pub(crate) fn of(&mut self, publisher: &[u8]) -> VoiceId {
        let hash = self.hasher.hash_one(publisher);
        let held = self.raw.find(hash, |(held, _)| **held == *publisher);
        if let Some((_, id)) = held {
            return *id;
        }
        let next = VoiceId::from_bits(u32::try_from(self.by_voice.len()).unwrap_or(u32::MAX));
        let voice = Voice::of(&String::from_utf8_lossy(publisher));
        let id = *self.by_voice.entry(voice).or_insert(next);
        let hasher = &self.hasher;
        self.raw
            .insert_unique(hash, (publisher.into(), id), |(held, _)| {
                hasher.hash_one(&**held)
            });
        id
    }
}
