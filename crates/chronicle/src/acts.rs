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
    raw: HashTable<(Box<[u8]>, ActId)>,
    hasher: DefaultHashBuilder,
}

impl Acts {
    pub(crate) fn get(&self, id: ActId) -> &Known {
        &self.known[id.index()]
    }

    /// The act stored in those bytes, if it has been met.
    pub(crate) fn find_raw(&self, bytes: &[u8]) -> Option<ActId> {
        let hash = self.hasher.hash_one(bytes);
        self.raw
            .find(hash, |(held, _)| **held == *bytes)
            .map(|(_, id)| *id)
    }

    /// Remembers that those bytes hold that act.
    pub(crate) fn remember_raw(&mut self, bytes: &[u8], id: ActId) {
        let hash = self.hasher.hash_one(bytes);
        let hasher = &self.hasher;
        self.raw
            .insert_unique(hash, (bytes.into(), id), |(held, _)| {
                hasher.hash_one(&**held)
            });
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
