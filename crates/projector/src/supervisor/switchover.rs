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
            self.store.withdraw(candidate.revision).await?;
            self.loaded = None;
            return Ok(());
        }
        if !self.has_caught_up(&candidate.value, &active.value.projection) {
            return Ok(());
        }
        let (to, from) = (candidate.value.clone(), active.value.projection.clone());
        if self.store.switch(&to, active).await? {
            tracing::info!(%from, %to, "another rulebook is in force");
        }
        self.load().await?;
        Ok(())
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
            topology::delete_changes(&self.config.connection, projection).await?;
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
}
