//! Interned publishers: each once, however many names it has.
//!
//! A version stores 22 bits. A publisher is looked up by the encoded bytes of its name, so that a
//! replay resolves each name once.

use detente_domain::publisher::Publisher;
use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
use std::hash::BuildHasher;

/// The number of an interned publisher, below 2^22.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct PublisherId(u32);

impl PublisherId {
    /// The bits of a number.
    pub(crate) const BITS: u32 = 22;
    /// The last number. All publishers after the first four million share it, and then raise grades
    /// less than they could.
    const LAST: u32 = (1 << Self::BITS) - 1;

    /// Converts bits; larger values become the last number.
    pub(crate) const fn from_bits(bits: u32) -> Self {
        Self(if bits < Self::LAST { bits } else { Self::LAST })
    }

    pub(crate) const fn bits(self) -> u32 {
        self.0
    }
}

/// All interned publishers.
#[derive(Debug, Default)]
pub(crate) struct Publishers {
    /// In the order of their numbers.
    all: Vec<Publisher>,
    by_publisher: HashMap<Publisher, PublisherId>,
    raw: HashTable<(Box<[u8]>, PublisherId)>,
    hasher: DefaultHashBuilder,
}

impl Publishers {
    /// Returns a publisher; the first of those that share the last number.
    pub(crate) fn get(&self, id: PublisherId) -> Option<&Publisher> {
        self.all.get(id.bits() as usize)
    }

    /// Interns a publisher by its encoded name.
    pub(crate) fn intern(&mut self, name: &[u8]) -> PublisherId {
        let hash = self.hasher.hash_one(name);
        let interned = self.raw.find(hash, |(bytes, _)| **bytes == *name);
        if let Some((_, id)) = interned {
            return *id;
        }
        let next = PublisherId::from_bits(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
        let publisher = Publisher::resolve(&String::from_utf8_lossy(name));
        let all = &mut self.all;
        let id = *self
            .by_publisher
            .entry(publisher)
            .or_insert_with_key(|publisher| {
                all.push(publisher.clone());
                next
            });
        let hasher = &self.hasher;
        self.raw
            .insert_unique(hash, (name.into(), id), |(bytes, _)| {
                hasher.hash_one(&**bytes)
            });
        id
    }
}
