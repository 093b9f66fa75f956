//! What stands on the shelf at one look, and what to fold under by it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use detente_domain::rulebook::Rulebook;
use detente_jetstream::control::{Active, Versioned};
use detente_jetstream::topology::{BadProjection, Projection};
use detente_rulebook as rulebook;
use detente_rulebook::Problem;
use detente_rulebook::kept::{Kept, Origin};

use super::ShelfError;

/// A rulebook that can be folded under.
#[derive(Clone, Debug)]
pub struct Book {
    /// The projection that it makes.
    pub projection: Projection,
    /// The rules.
    pub rules: Arc<Rulebook>,
    /// The text.
    pub text: Arc<str>,
    /// Where it comes from.
    pub origin: Origin,
}

/// What stands on the shelf.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// The projection in force, and the one before it.
    pub active: Option<Versioned<Active>>,
    /// The one that is to follow when it has caught up.
    pub candidate: Option<Versioned<Projection>>,
    /// The rulebooks that are kept.
    pub kept: BTreeMap<Projection, Kept>,
    /// Those that cannot be used as they are kept, and why.
    pub damaged: BTreeMap<Projection, String>,
    /// Why projections are not getting on.
    pub failed: BTreeMap<Projection, String>,
    /// Projections whose streams are to be deleted.
    pub dropped: BTreeSet<Projection>,
}

/// What a service is to fold under.
#[derive(Clone, Debug)]
pub(super) enum Begin {
    /// The rulebook in force.
    Active(Box<Book>),
    /// The rulebook in force has no readable form here; this one is to follow it.
    Successor(Box<Book>),
}

impl Book {
    /// A rulebook from its text.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(bytes: &[u8], origin: Origin) -> Result<Self, Vec<Problem>> {
        let rules = rulebook::parse_bytes(bytes)?;
        let name = rulebook::projection_id(bytes);
        let projection = Projection::new(&name).map_err(|bad| vec![unnamed(&bad)])?;
        Ok(Self {
            projection,
            rules: Arc::new(rules),
            text: String::from_utf8_lossy(bytes).into(),
            origin,
        })
    }
}

impl Standing {
    /// A kept rulebook that this program can fold under as it is kept.
    #[must_use]
    pub fn book(&self, projection: &Projection) -> Option<Book> {
        let kept = self.kept.get(projection).filter(|kept| kept.is_ours)?;
        let rules = kept.rules.as_ref().ok()?;
        Some(Book {
            projection: projection.clone(),
            rules: Arc::new(rules.clone()),
            text: kept.text.as_str().into(),
            origin: kept.origin,
        })
    }

    /// The candidate's rulebook, if there is one that this program can fold under.
    #[must_use]
    pub fn next(&self) -> Option<Book> {
        self.book(&self.candidate.as_ref()?.value)
    }

    /// What a reader is to fold under: as [`super::Shelf::begin`] says, and nothing is set.
    ///
    /// # Errors
    /// As [`super::Shelf::begin`].
    pub fn reading(&self, own: &Book) -> Result<Book, ShelfError> {
        match self.begin(own)? {
            Begin::Active(book) | Begin::Successor(book) => Ok(*book),
        }
    }

    pub(super) fn begin(&self, own: &Book) -> Result<Begin, ShelfError> {
        let successor = |book: &Book| Ok(Begin::Successor(Box::new(book.clone())));
        let Some(active) = &self.active else {
            return Ok(Begin::Active(Box::new(own.clone())));
        };
        let projection = &active.value.projection;
        if *projection == own.projection {
            return Ok(Begin::Active(Box::new(own.clone())));
        }
        if let Some(book) = self.book(projection) {
            return Ok(Begin::Active(Box::new(book)));
        }
        if let Some(reason) = self.damaged.get(projection) {
            let (projection, reason) = (projection.clone(), reason.clone());
            return Err(ShelfError::Damaged { projection, reason });
        }
        // What is to follow already is what somebody wants.
        if let Some(next) = self.next() {
            return successor(&next);
        }
        match self.kept.get(projection) {
            // It was in force before texts were kept, so nobody has given it.
            None => successor(own),
            Some(kept) => match Book::read(kept.text.as_bytes(), kept.origin) {
                Ok(book) => successor(&book),
                Err(_) if kept.origin == Origin::Shipped => successor(own),
                Err(problems) => Err(ShelfError::Unreadable {
                    projection: projection.clone(),
                    problems,
                }),
            },
        }
    }
}

fn unnamed(bad: &BadProjection) -> Problem {
    Problem {
        problem: bad.to_string(),
        ..Problem::default()
    }
}
