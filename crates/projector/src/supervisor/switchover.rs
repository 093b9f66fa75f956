//! The steps of a switch. Steps are idempotent; any instance resumes them.

use detente_jetstream::topology::{self, Projection};

use super::Supervisor;
use crate::error::Error;
use crate::progress::{CAUGHT_UP_LAG, State};

impl Supervisor {
    /// Puts the candidate in force when it has caught up; ends the candidacy of the active one.
    pub(super) async fn switch_to_candidate(&mut self) -> Result<(), Error> {
        let (Some(candidate), Some(active)) = (&self.registry.candidate, &self.registry.active)
        else {
            return Ok(());
        };
        if candidate.value == active.value.projection {
            // The switch is not complete before the bucket has its views.
            if self.has_source {
                self.store.withdraw(candidate.revision).await?;
                self.loaded = None;
            }
            return Ok(());
        }
        if !self.has_caught_up(&candidate.value, &active.value.projection) {
            return Ok(());
        }
        let (to, from) = (candidate.value.clone(), active.value.projection.clone());
        if self.store.switch(&to, active).await? {
            tracing::info!(%from, %to, "another rulebook is in force");
        }
        self.registry = self.store.load().await?;
        self.has_source = false;
        Ok(())
    }

    /// Makes the active projection the bucket's source. It must first have published everything
    /// that the previous one has, or keys would go back to older views.
    pub(super) async fn feed_bucket(&mut self) -> Result<(), Error> {
        if self.has_source {
            return Ok(());
        }
        let Some(active) = self.active().cloned() else {
            return Ok(());
        };
        let (connection, replicas) = (&self.config.connection, self.config.replicas);
        topology::ensure_relations(connection, &active, replicas).await?;
        let source = topology::bucket_source(connection).await?;
        let is_source = source.as_ref() == Some(&active.stream());
        if !is_source {
            let before = self.workers.keys().find(|key| Some(key.stream()) == source);
            let before = before.or(self.previous()).cloned();
            topology::remove_bucket_source(connection, &active, replicas).await?;
            let before = before.filter(|before| *before != active);
            if before.is_some_and(|before| !self.has_caught_up(&active, &before)) {
                return Ok(());
            }
        }
        if !is_source || !self.has_repaired {
            topology::set_bucket_source(connection, &active, replicas).await?;
        }
        self.has_source = true;
        self.has_repaired = true;
        // End the candidacy now, not only at the next change.
        Box::pin(self.switch_to_candidate()).await
    }

    /// Deletes the streams of dropped projections that are not needed again.
    pub(super) async fn delete_dropped(&mut self) -> Result<(), Error> {
        let candidate = self.registry.candidate.as_ref();
        let needed = [self.active(), candidate.map(|candidate| &candidate.value)];
        let stored = &self.registry.stored;
        for projection in &self.registry.dropped {
            if needed.contains(&Some(projection)) || stored.contains_key(projection) {
                continue;
            }
            topology::delete_relations(&self.config.connection, projection).await?;
            self.store.clear_dropped(projection).await?;
            tracing::info!(%projection, "the changes of a dropped rulebook are deleted");
        }
        Ok(())
    }

    /// Returns true if a projection follows the log, and has published at least as much as another
    /// one that is projected here too.
    fn has_caught_up(&self, projection: &Projection, other: &Projection) -> bool {
        let Some(own) = self.progress_of(projection) else {
            return false;
        };
        let other = self.progress_of(other).map_or(0, |other| other.position);
        own.state == State::Live && own.lag() <= CAUGHT_UP_LAG && own.position >= other
    }

    fn previous(&self) -> Option<&Projection> {
        let active = self.registry.active.as_ref()?;
        active.value.previous.as_ref()
    }
}
