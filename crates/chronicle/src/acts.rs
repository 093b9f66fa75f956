//! Interned acts: each distinct act once, however many events share it.
//!
//! Most events of a log repeat an act (one state consults another), so a version stores a number
//! of four bytes. An act is looked up by its encoded bytes, so that a replay decodes it once.

use crate::versions::ActId;
use detente_domain::details::Field;
use detente_domain::event::Act;
use detente_domain::kind::Kind;
use detente_domain::party::Party;
use detente_domain::relations::{self, Affected};
use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
use std::hash::BuildHasher;
use std::hint::black_box;
use std::sync::Arc;

/// An act with the data derived from it.
#[derive(Clone, Debug)]
pub(crate) struct InternedAct {
    pub(crate) act: Arc<Act>,
    /// The relations that it affects, by number.
    pub(crate) relations: Box<[(u32, Affected)]>,
    /// The state whose authority it changes, and the new authority.
    pub(crate) takeover: Option<(Party, Party)>,
}

/// All interned acts.
#[derive(Debug, Default)]
pub(crate) struct Acts {
    acts: Vec<InternedAct>,
    by_act: HashMap<Arc<Act>, ActId>,
    /// By encoded bytes, with their hash.
    raw: HashTable<(u64, Box<[u8]>, ActId)>,
    hasher: DefaultHashBuilder,
}

impl Acts {
    pub(crate) fn get(&self, id: ActId) -> &InternedAct {
        &self.acts[id.index()]
    }

    /// Returns the hash of encoded bytes.
    pub(crate) fn hash(&self, bytes: &[u8]) -> u64 {
        self.hasher.hash_one(bytes)
    }

    /// Loads the table entry of a hash into the cache and returns its act. The bytes are loaded,
    /// not compared, so it may be another act with the same hash.
    pub(crate) fn prefetch(&self, hash: u64) -> Option<ActId> {
        let entry = self.raw.find(hash, |(other, _, _)| *other == hash);
        entry.map(|(_, bytes, id)| {
            black_box((bytes.first().copied(), bytes.last().copied()));
            *id
        })
    }

    /// Returns the act with these encoded bytes, if it was remembered.
    pub(crate) fn find_raw(&self, bytes: &[u8]) -> Option<ActId> {
        let hash = self.hash(bytes);
        self.raw
            .find(hash, |(other, key, _)| *other == hash && **key == *bytes)
            .map(|(_, _, id)| *id)
    }

    /// Remembers the encoded bytes of an act.
    pub(crate) fn remember_raw(&mut self, bytes: &[u8], id: ActId) {
        let hash = self.hash(bytes);
        self.raw
            .insert_unique(hash, (hash, bytes.into(), id), |(hash, _, _)| *hash);
    }

    /// Interns an act; `number` is called for each relation that a new act affects.
    pub(crate) fn intern(&mut self, act: &Act, mut number: impl FnMut(&Affected) -> u32) -> ActId {
        if let Some(id) = self.by_act.get(act) {
            return *id;
        }
        let affected = relations::affected(act)
            .into_iter()
            .map(|affected| (number(&affected), affected))
            .collect();
        let takeover = (act.kind == Kind::AuthorityChanged).then(|| {
            Some((
                act.details.party(Field::State)?,
                act.details.party(Field::Authority)?,
            ))
        });
        let act = Arc::new(act.clone());
        let id = ActId::new(self.acts.len());
        self.acts.push(InternedAct {
            act: Arc::clone(&act),
            relations: affected,
            takeover: takeover.flatten(),
        });
        self.by_act.insert(act, id);
        id
    }
}
