//! A snapshot of the registry, and the choice of the rulebook to fold under.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use detente_domain::rulebook::Rulebook;
use detente_jetstream::kv::{ActiveProjection, Versioned};
use detente_jetstream::topology::{BadProjection, Projection};
use detente_rulebook::{Origin, Problem, Stored, id_in_name, next_name, parse, projection_id};

use crate::Error;

/// A rulebook that can be folded under.
#[derive(Clone, Debug)]
pub struct CompiledRulebook {
    /// Its projection.
    pub projection: Projection,
    /// The rules.
    pub rules: Arc<Rulebook>,
    /// The text.
    pub text: Arc<str>,
    /// Its origin.
    pub origin: Origin,
}

/// The registry at one moment.
#[derive(Clone, Debug, Default)]
pub struct StoreSnapshot {
    /// The active projection and the one before it.
    pub active: Option<Versioned<ActiveProjection>>,
    /// The revision of the key of the active projection, whatever it holds; 0 if it was never set.
    pub active_revision: u64,
    /// The projection that becomes active when it has caught up.
    pub candidate: Option<Versioned<Projection>>,
    /// The stored rulebooks.
    pub stored: BTreeMap<Projection, Stored>,
    /// Stored rulebooks that cannot be used, with the reason.
    pub damaged: BTreeMap<Projection, String>,
    /// Keys of the control bucket with a damaged value, and what is wrong with it.
    pub damaged_values: BTreeMap<String, String>,
    /// Projections that fail, with the reason.
    pub failed: BTreeMap<Projection, String>,
    /// Projections whose streams are to be deleted.
    pub dropped: BTreeSet<Projection>,
}

impl CompiledRulebook {
    /// Parses the text of a rulebook.
    ///
    /// # Errors
    /// Returns every problem of the text.
    pub fn parse(bytes: &[u8], origin: Origin) -> Result<Self, Vec<Problem>> {
        let rules = parse(bytes)?;
        let unnamed = |bad: BadProjection| Problem {
            problem: bad.to_string(),
            ..Problem::default()
        };
        let projection = Projection::new(&projection_id(bytes));
        Ok(Self {
            projection: projection.map_err(|bad| vec![unnamed(bad)])?,
            rules: Arc::new(rules),
            text: String::from_utf8_lossy(bytes).into(),
            origin,
        })
    }
}

impl StoreSnapshot {
    /// Keeps what an earlier snapshot of this process has and this one has lost to damage: the
    /// projection in force, and texts of rulebooks. Logs the damage that is new.
    #[must_use]
    pub fn following(mut self, before: &Self) -> Self {
        for (key, fault) in &self.damaged_values {
            if before.damaged_values.get(key) != Some(fault) {
                tracing::error!(key, fault, "a value of the control bucket is damaged");
            }
        }
        for (projection, reason) in &self.damaged {
            if before.damaged.get(projection) != Some(reason) {
                tracing::error!(%projection, reason, "a stored rulebook is damaged");
            }
            if let Some(stored) = before.stored.get(projection) {
                self.stored.insert(projection.clone(), stored.clone());
            }
        }
        if self.active.is_none() {
            let revision = self.active_revision;
            self.active = before
                .active
                .clone()
                .map(|active| Versioned { revision, ..active });
        }
        self
    }

    /// Returns the rulebook in force under the name of a new projection, which is to be built from
    /// the log beside the one in force; `None` if none is in force, or this version of the program
    /// cannot fold under it.
    #[must_use]
    pub fn rebuilt(&self) -> Option<CompiledRulebook> {
        let active = &self.active.as_ref()?.value.projection;
        let candidate = self.candidate.as_ref().map(|candidate| &candidate.value);
        let known = self.stored.keys().chain(self.damaged.keys());
        let known = known.chain(self.failed.keys()).chain(&self.dropped);
        let known = known.chain(candidate).map(Projection::as_str);
        let name = next_name(active.as_str(), known);
        Some(CompiledRulebook {
            projection: Projection::new(&name).ok()?,
            ..self.rulebook(active)?
        })
    }

    /// Returns the projection in force, if a rulebook makes it: it has the same id.
    #[must_use]
    pub fn active_of(&self, rulebook: &CompiledRulebook) -> Option<&Projection> {
        let active = &self.active.as_ref()?.value.projection;
        let id = |projection: &Projection| id_in_name(projection.as_str()).to_owned();
        (id(active) == id(&rulebook.projection)).then_some(active)
    }

    /// Returns a stored rulebook if this version of the program can fold under it.
    #[must_use]
    pub fn rulebook(&self, projection: &Projection) -> Option<CompiledRulebook> {
        let stored = self
            .stored
            .get(projection)
            .filter(|stored| stored.is_ours)?;
        let rules = stored.rules.as_ref().ok()?;
        Some(CompiledRulebook {
            projection: projection.clone(),
            rules: Arc::new(rules.clone()),
            text: stored.text.as_str().into(),
            origin: stored.origin,
        })
    }

    /// Returns the candidate's rulebook if this version of the program can fold under it.
    #[must_use]
    pub fn candidate_rulebook(&self) -> Option<CompiledRulebook> {
        self.rulebook(&self.candidate.as_ref()?.value)
    }

    /// Chooses the rulebook to fold under, as [`crate::RulebookStore::bootstrap`] does, without
    /// changing the registry: the active one or, if this version of the program cannot fold under
    /// it, its successor. `own` is the rulebook that the process was started with.
    ///
    /// # Errors
    /// Same as [`crate::RulebookStore::bootstrap`].
    pub fn choose(&self, own: &CompiledRulebook) -> Result<CompiledRulebook, Error> {
        let active = self.active.as_ref().map(|active| &active.value.projection);
        let Some(projection) = active.filter(|active| **active != own.projection) else {
            return Ok(own.clone());
        };
        if let Some(rulebook) = self.rulebook(projection) {
            return Ok(rulebook);
        }
        if let Some(reason) = self.damaged.get(projection) {
            let (projection, reason) = (projection.clone(), reason.clone());
            return Err(Error::Damaged { projection, reason });
        }
        // A candidate was chosen on purpose.
        if let Some(candidate) = self.candidate_rulebook() {
            return Ok(candidate);
        }
        match self.stored.get(projection) {
            // It was active before texts were stored, so it shipped with a program.
            None => Ok(own.clone()),
            Some(stored) => match CompiledRulebook::parse(stored.text.as_bytes(), stored.origin) {
                Ok(rulebook) => Ok(rulebook),
                Err(_) if stored.origin == Origin::Shipped => Ok(own.clone()),
                Err(problems) => Err(Error::Unreadable {
                    projection: projection.clone(),
                    problems,
                }),
            },
        }
    }
}
