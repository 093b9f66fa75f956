//! Interned acts: each distinct act once, however many events share it.
//!
//! Most events of a log repeat an act (one state consults another), so a version stores a number
//! of four bytes. An act is looked up by its encoded bytes, so that a replay decodes it once.

use crate::regime_act::RegimeAct;
use crate::versions::ActId;
use detente_domain::event::Act;
use detente_domain::relations::Affected;
use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
use std::hash::BuildHasher;
use std::hint::black_box;
use std::sync::Arc;

/// An act with the data derived from it.
#[derive(Clone, Debug)]
pub(crate) struct InternedAct {
    pub(crate) act: Arc<Act>,
    /// The relations that it affects, in order of their numbers.
    pub(crate) relations: Box<[ActRelation]>,
    /// Its effect on the regimes of states.
    pub(crate) regime: Option<RegimeAct>,
}

/// A relation that an act affects.
#[derive(Clone, Debug)]
pub(crate) struct ActRelation {
    pub(crate) number: u32,
    pub(crate) affected: Affected,
    /// True if it rests on a membership that only the log tells of, so that what it is depends on
    /// what is known.
    pub(crate) joined: bool,
}

impl InternedAct {
    /// Returns how the act affects a relation.
    pub(crate) fn relation(&self, number: u32) -> Option<&ActRelation> {
        let relations = &self.relations;
        let place = relations.binary_search_by_key(&number, |relation| relation.number);
        relations.get(place.ok()?)
    }
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

    /// Returns an act that was interned.
    pub(crate) fn find(&self, act: &Act) -> Option<ActId> {
        self.by_act.get(act).copied()
    }

    /// Interns a new act, with the relations that it affects.
    pub(crate) fn insert(&mut self, act: &Act, relations: Box<[ActRelation]>) -> ActId {
        let act = Arc::new(act.clone());
        let id = ActId::new(self.acts.len());
        self.acts.push(InternedAct {
            regime: RegimeAct::of(&act),
            act: Arc::clone(&act),
            relations,
        });
        self.by_act.insert(act, id);
        id
    }

    /// Replaces the relations that an act affects.
    pub(crate) fn set_relations(&mut self, id: ActId, relations: Box<[ActRelation]>) {
        if let Some(interned) = self.acts.get_mut(id.index()) {
            interned.relations = relations;
        }
    }
}
