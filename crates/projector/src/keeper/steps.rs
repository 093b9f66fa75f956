//! The steps of a switch. Each is found undone, and done again, by whoever comes next.

use detente_jetstream::topology::{self, Projection};

use super::Keeper;
use crate::error::Error;
use crate::progress::{FAR, Progress, State};

impl Keeper {
    /// Switches to the candidate, when it has caught up; ends its candidacy, when it is in force.
    pub(super) async fn advance(&mut self) -> Result<(), Error> {
        let (Some(candidate), Some(active)) = (&self.standing.candidate, &self.standing.active)
        else {
            return Ok(());
        };
        if candidate.value == active.value.projection {
            // The bucket comes first: until then the switch is not done.
            if self.is_fed {
                self.shelf.withdraw(candidate.revision).await?;
                self.look_soon();
            }
            return Ok(());
        }
        if !self.has_caught_up(&candidate.value, &active.value.projection) {
            return Ok(());
        }
        let (to, from) = (candidate.value.clone(), active.value.projection.clone());
        if self.shelf.switch(&to, active).await? {
            tracing::info!(%from, %to, "another rulebook is in force");
        }
        self.standing = self.shelf.look().await?;
        self.is_fed = false;
        Ok(())
    }

    /// Sees to it that the bucket has the views of what is in force. What is in force now must
    /// first have told all that the other one has, or a key would go back.
    pub(super) async fn feed(&mut self) -> Result<(), Error> {
        if self.is_fed {
            return Ok(());
        }
        let Some(active) = self.active().cloned() else {
            return Ok(());
        };
        let (connection, replicas) = (&self.deps.connection, self.deps.replicas);
        topology::ensure_relations(connection, &active, replicas).await?;
        let feeds = topology::relations_bucket_feed(connection).await?;
        let is_fed = feeds.as_ref() == Some(&active.stream());
        if is_fed && !self.has_mended {
            topology::feed_relations_bucket(connection, &active, replicas).await?;
        }
        if !is_fed {
            let before = self.running.keys().find(|one| Some(one.stream()) == feeds);
            let before = before.or(self.previous()).cloned();
            topology::unfeed_relations_bucket(connection, &active, replicas).await?;
            let before = before.filter(|before| *before != active);
            let has_told = before.is_none_or(|before| self.has_caught_up(&active, &before));
            if !has_told {
                return Ok(());
            }
            topology::feed_relations_bucket(connection, &active, replicas).await?;
        }
        self.is_fed = true;
        self.has_mended = true;
        // A candidacy that ends with this is seen to now, and not when something changes.
        Box::pin(self.advance()).await
    }

    /// Deletes the streams of what was dropped, unless it is wanted again.
    pub(super) async fn delete_dropped(&mut self) -> Result<(), Error> {
        let candidate = self.standing.candidate.as_ref();
        let wanted = [self.active(), candidate.map(|candidate| &candidate.value)];
        let dropped = self.standing.dropped.iter();
        let dropped: Vec<Projection> = dropped
            .filter(|one| !wanted.contains(&Some(one)) && !self.standing.kept.contains_key(*one))
            .cloned()
            .collect();
        for projection in dropped {
            topology::delete_relations(&self.deps.connection, &projection).await?;
            self.shelf.forget(&projection).await?;
            tracing::info!(%projection, "the changes of a dropped rulebook are deleted");
        }
        Ok(())
    }

    /// Whether a projection follows the log, and has told at least what another one has, if that
    /// is projected here too.
    fn has_caught_up(&self, projection: &Projection, other: &Projection) -> bool {
        let progress = |of: &Projection| -> Option<Progress> {
            let running = self.running.get(of)?;
            Some(running.handle.progress().borrow().clone())
        };
        let Some(own) = progress(projection) else {
            return false;
        };
        let other = progress(other).map_or(0, |other| other.position);
        own.state == State::Live && own.lag() <= FAR && own.position >= other
    }

    fn previous(&self) -> Option<&Projection> {
        let active = self.standing.active.as_ref()?;
        active.value.previous.as_ref()
    }

    fn look_soon(&mut self) {
        self.looked = None;
    }
}
