//! The live check: follows the tokens, and says who calls.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use detente_api::refusal::{Code, Refusal};
use detente_jetstream::Connection;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::caller::Caller;
use crate::record::Record;
use crate::token::{Token, TokenId};
use crate::tokens::{self, TokensError};

/// How often it is looked whether a token was made or revoked; a look costs one small request.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Whether callers must have a token where nobody has made one yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    /// They need one always.
    Always,
    /// They need one from the first one on that is made.
    OnceThereAreAny,
}

/// Follows the tokens, and says who calls. Clones look at the same ones.
#[derive(Clone, Debug)]
pub struct Guard {
    seen: watch::Receiver<Arc<Table>>,
}

/// The tokens at one look.
#[derive(Debug)]
struct Table {
    is_in_force: bool,
    records: HashMap<TokenId, Record>,
}

impl Guard {
    /// A guard that asks nobody.
    #[must_use]
    pub fn open() -> Self {
        let table = Table::new(Demand::OnceThereAreAny, Vec::new());
        let (_, seen) = watch::channel(Arc::new(table));
        Self { seen }
    }

    /// Reads the tokens, and follows them until it is stopped. While the server cannot be reached
    /// those that were seen last stay in force.
    ///
    /// # Errors
    /// When they cannot be read now.
    pub async fn start(
        connection: &Connection,
        demand: Demand,
        stop: CancellationToken,
    ) -> Result<Self, TokensError> {
        let revision = tokens::revision(connection).await?;
        let table = look(connection, demand, revision).await?;
        let (tell, seen) = watch::channel(Arc::new(table));
        let follower = Follower {
            connection: connection.clone(),
            demand,
            revision,
            tell,
        };
        tokio::spawn(async move {
            tokio::select! {
                () = follower.follow() => {}
                () = stop.cancelled() => {}
            }
        });
        Ok(Self { seen })
    }

    /// Whether callers need a token: from the first one on that was ever made, and not only as
    /// long as one is usable, so that revoking the last one closes the doors.
    #[must_use]
    pub fn is_in_force(&self) -> bool {
        self.seen.borrow().is_in_force
    }

    /// How many tokens open a door.
    #[must_use]
    pub fn usable(&self) -> usize {
        let table = self.seen.borrow();
        let usable = table.records.values().filter(|record| record.is_usable());
        usable.count()
    }

    /// Who calls, by what he sends as `Authorization`: `Bearer` and a token. Where no tokens are
    /// in force he is [`Caller::local`], whatever he sends.
    ///
    /// # Errors
    /// A refusal that does not say which part of a token was wrong.
    pub fn admit(&self, authorization: Option<&str>) -> Result<Caller, Refusal> {
        let table = Arc::clone(&self.seen.borrow());
        if !table.is_in_force {
            return Ok(Caller::local());
        }
        let Some(sent) = authorization.and_then(bearer) else {
            let message = "a token is needed: send `Authorization: Bearer <token>`";
            return Err(unauthenticated(message));
        };
        table.find(sent).map(Caller::of).ok_or_else(|| {
            unauthenticated("the token is none that is known here, or it was revoked")
        })
    }

    /// Waits until a caller may not call any more as he did: his token was revoked, or tokens have
    /// come into force since he came without one.
    pub async fn dismissed(&self, caller: &Caller) {
        let mut seen = self.seen.clone();
        let is_out = |table: &Arc<Table>| !table.knows(caller);
        if seen.wait_for(is_out).await.is_err() {
            // Nobody follows the tokens any more, so nobody is dismissed: the process ends.
            std::future::pending::<()>().await;
        }
    }
}

/// The token of an `Authorization`; the scheme is read in any case, as the standard has it.
fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.trim().split_once(' ')?;
    let token = token.trim_start();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

fn unauthenticated(message: &str) -> Refusal {
    Refusal::new(Code::Unauthenticated, message).field("authorization")
}

async fn look(
    connection: &Connection,
    demand: Demand,
    revision: Option<u64>,
) -> Result<Table, TokensError> {
    let records = match revision {
        Some(_) => tokens::read(connection).await?,
        None => Vec::new(),
    };
    Ok(Table::new(demand, records))
}

// === impl Table ===

impl Table {
    fn new(demand: Demand, records: Vec<Record>) -> Self {
        let is_in_force = match demand {
            Demand::Always => true,
            Demand::OnceThereAreAny => !records.is_empty(),
        };
        let records = records
            .into_iter()
            .map(|record| (record.id.clone(), record));
        Self {
            is_in_force,
            records: records.collect(),
        }
    }

    fn find(&self, sent: &str) -> Option<&Record> {
        let token = Token::parse(sent)?;
        let record = self.records.get(token.id())?;
        (record.digest.is(&token.digest()) && record.is_usable()).then_some(record)
    }

    fn knows(&self, caller: &Caller) -> bool {
        match caller.token() {
            None => !self.is_in_force,
            Some(id) => {
                let record = self.records.get(id);
                record.is_some_and(|record| record.is_usable() && record.role == caller.role())
            }
        }
    }
}

// === impl Follower ===

/// Looks whether anything has changed, and at all of it if so.
struct Follower {
    connection: Connection,
    demand: Demand,
    revision: Option<u64>,
    tell: watch::Sender<Arc<Table>>,
}

impl Follower {
    async fn follow(mut self) {
        let mut every = tokio::time::interval(LOOK_EVERY);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut is_lost = false;
        loop {
            every.tick().await;
            let done = self.look_again().await;
            if let Err(error) = &done
                && !is_lost
            {
                tracing::warn!(%error, "tokens cannot be read; those last seen stay in force");
            }
            is_lost = done.is_err();
        }
    }

    async fn look_again(&mut self) -> Result<(), TokensError> {
        let revision = tokens::revision(&self.connection).await?;
        if revision != self.revision {
            let table = look(&self.connection, self.demand, revision).await?;
            self.tell.send_replace(Arc::new(table));
            self.revision = revision;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
