//! Acts: each distinct "who did what to whom" once, however many events share it.
//!
//! Most events of a log repeat an act (one state coded as consulting another), so an event keeps
//! a number of four bytes. An act is looked up by the bytes it was stored in, so that a replay
//! decodes it once.

use crate::rows::ActId;
use detente_domain::details::Field;
use detente_domain::event::Act;
use detente_domain::kind::Kind;
use detente_domain::party::Party;
use detente_domain::routes::{self, Touch};
use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
use std::hash::BuildHasher;
use std::hint::black_box;
use std::sync::Arc;

/// An act with what follows from it alone.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) act: Arc<Act>,
    /// Relations touched, by number, with the touch.
    pub(crate) touches: Box<[(u32, Touch)]>,
    /// The state whose authority it changes, and the authority.
    pub(crate) takeover: Option<(Party, Party)>,
}

/// All acts.
#[derive(Debug, Default)]
pub(crate) struct Acts {
    known: Vec<Known>,
    by_act: HashMap<Arc<Act>, ActId>,
    /// By the bytes an act was stored in: their hash is kept beside them.
    raw: HashTable<(u64, Box<[u8]>, ActId)>,
    hasher: DefaultHashBuilder,
}

impl Acts {
    pub(crate) fn get(&self, id: ActId) -> &Known {
        &self.known[id.index()]
    }

    /// The hash of an act's bytes.
    pub(crate) fn hash(&self, bytes: &[u8]) -> u64 {
        self.hasher.hash_one(bytes)
    }

    /// What is likely the act whose bytes have that hash; the bytes are fetched, not compared.
    pub(crate) fn glance(&self, hash: u64) -> Option<ActId> {
        let found = self.raw.find(hash, |(held, _, _)| *held == hash);
        found.map(|(_, bytes, id)| {
            black_box((bytes.first().copied(), bytes.last().copied()));
            *id
        })
    }

    /// The act stored in those bytes, if it has been met.
    pub(crate) fn find_raw(&self, bytes: &[u8]) -> Option<ActId> {
        let hash = self.hash(bytes);
        self.raw
            .find(hash, |(same, held, _)| *same == hash && **held == *bytes)
            .map(|(_, _, id)| *id)
    }

    /// Remembers that those bytes hold that act.
    pub(crate) fn remember_raw(&mut self, bytes: &[u8], id: ActId) {
        let hash = self.hash(bytes);
        self.raw
            .insert_unique(hash, (hash, bytes.into(), id), |(hash, _, _)| *hash);
    }

    /// The number of an act; `relation` numbers its relations when it is new.
    pub(crate) fn intern(&mut self, act: &Act, mut relation: impl FnMut(&Touch) -> u32) -> ActId {
        if let Some(id) = self.by_act.get(act) {
            return *id;
        }
        let touches = routes::touches(act)
            .into_iter()
            .map(|touch| (relation(&touch), touch))
            .collect();
        let takeover = (act.kind == Kind::AuthorityChanged).then(|| {
            Some((
                act.details.party(Field::State)?,
                act.details.party(Field::Authority)?,
            ))
        });
        let act = Arc::new(act.clone());
        let id = ActId::new(self.known.len());
        self.known.push(Known {
            act: Arc::clone(&act),
            touches,
            takeover: takeover.flatten(),
        });
        self.by_act.insert(act, id);
        id
    }
}
