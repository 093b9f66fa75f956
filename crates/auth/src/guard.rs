//! Authentication of callers against the current tokens.

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

/// The interval at which the bucket's revision is polled, by one small request.
const POLL_EVERY: Duration = Duration::from_millis(250);

/// The policy for callers before the first token is created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthPolicy {
    /// Callers always need a token.
    Always,
    /// Callers need a token once the first one was created.
    OnceTokensExist,
}

/// Authenticates callers, and follows changes of the tokens. Clones share them.
#[derive(Clone, Debug)]
pub struct Guard {
    table: watch::Receiver<Arc<Table>>,
}

/// The tokens at one revision.
#[derive(Debug)]
struct Table {
    is_enforced: bool,
    records: HashMap<TokenId, Record>,
}

impl Guard {
    /// Returns a guard that requires no token.
    #[must_use]
    pub fn allow_all() -> Self {
        let table = Table::new(AuthPolicy::OnceTokensExist, false, Vec::new());
        let (_, table) = watch::channel(Arc::new(table));
        Self { table }
    }

    /// Loads the tokens, and follows their changes until it is stopped. While the server is
    /// unreachable, the last known ones stay in force.
    ///
    /// # Errors
    /// If the tokens cannot be read.
    pub async fn start(
        connection: &Connection,
        policy: AuthPolicy,
        stop: CancellationToken,
    ) -> Result<Self, TokensError> {
        let revision = tokens::revision(connection).await?;
        let table = load(connection, policy, revision).await?;
        let (sender, table) = watch::channel(Arc::new(table));
        let follow = follow(connection.clone(), policy, revision, sender);
        tokio::spawn(stop.run_until_cancelled_owned(follow));
        Ok(Self { table })
    }

    /// Returns true if callers need a token. Under [`AuthPolicy::OnceTokensExist`] they do as soon
    /// as one was ever created, so revoking the last one does not open access.
    #[must_use]
    pub fn is_enforced(&self) -> bool {
        self.table.borrow().is_enforced
    }

    /// Returns the number of tokens that are not revoked.
    #[must_use]
    pub fn usable_tokens(&self) -> usize {
        let table = self.table.borrow();
        let usable = table.records.values().filter(|record| record.is_usable());
        usable.count()
    }

    /// Returns the caller that the header `Authorization` identifies: `Bearer` and a token. Returns
    /// [`Caller::local`] if no tokens are required.
    ///
    /// # Errors
    /// `unauthenticated`, without the part of the token that was wrong.
    pub fn authenticate(&self, authorization: Option<&str>) -> Result<Caller, Refusal> {
        self.authenticate_token(authorization.and_then(bearer))
    }

    /// Returns the caller that a token identifies. Returns [`Caller::local`] if no tokens are
    /// required.
    ///
    /// # Errors
    /// As [`Guard::authenticate`].
    pub fn authenticate_token(&self, token: Option<&str>) -> Result<Caller, Refusal> {
        let table = Arc::clone(&self.table.borrow());
        if !table.is_enforced {
            return Ok(Caller::local());
        }
        let Some(sent) = token else {
            let message = "a token is needed: send `Authorization: Bearer <token>`";
            return Err(unauthenticated(message));
        };
        table
            .find(sent)
            .map(Caller::new)
            .ok_or_else(|| unauthenticated("the token is unknown or revoked"))
    }

    /// Checks that a caller that was admitted still is.
    ///
    /// # Errors
    /// `unauthenticated` if its token was revoked, or tokens came into force after it was admitted
    /// without one.
    pub fn check(&self, caller: &Caller) -> Result<(), Refusal> {
        if self.table.borrow().admits(caller) {
            return Ok(());
        }
        Err(no_longer_admitted())
    }

    /// Waits until [`Guard::check`] refuses a caller, and returns the refusal.
    pub async fn revoked(&self, caller: &Caller) -> Refusal {
        let mut table = self.table.clone();
        let is_revoked = |table: &Arc<Table>| !table.admits(caller);
        if table.wait_for(is_revoked).await.is_err() {
            // The follower has stopped, as the process ends.
            std::future::pending::<()>().await;
        }
        no_longer_admitted()
    }
}

/// Returns the token of a header `Authorization`; the scheme is case-insensitive.
fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.trim().split_once(' ')?;
    let token = token.trim_start();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

fn no_longer_admitted() -> Refusal {
    unauthenticated("the token was revoked, or one is needed now")
}

fn unauthenticated(message: &str) -> Refusal {
    Refusal::new(Code::Unauthenticated, message).field("authorization")
}

async fn load(
    connection: &Connection,
    policy: AuthPolicy,
    revision: Option<u64>,
) -> Result<Table, TokensError> {
    let records = match revision {
        Some(_) => tokens::load(connection).await?,
        None => Vec::new(),
    };
    let has_existed = revision.is_some_and(|revision| revision > 0);
    Ok(Table::new(policy, has_existed, records))
}

/// Polls the revision, and loads the tokens when it changes.
async fn follow(
    connection: Connection,
    policy: AuthPolicy,
    mut revision: Option<u64>,
    sender: watch::Sender<Arc<Table>>,
) {
    let mut interval = tokio::time::interval(POLL_EVERY);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut is_failing = false;
    loop {
        interval.tick().await;
        let polled = async {
            let latest = tokens::revision(&connection).await?;
            if latest != revision {
                let mut table = load(&connection, policy, latest).await?;
                // Tokens that are gone open nothing while the process runs.
                table.is_enforced |= sender.borrow().is_enforced;
                sender.send_replace(Arc::new(table));
                revision = latest;
            }
            Ok::<(), TokensError>(())
        };
        let polled = polled.await;
        if let Err(error) = &polled
            && !is_failing
        {
            tracing::warn!(%error, "tokens cannot be read; the last known ones stay in force");
        }
        is_failing = polled.is_err();
    }
}

// === impl Table ===

impl Table {
    /// Makes a table. A token that cannot be read is not absent: what counts is whether any was ever
    /// stored.
    fn new(policy: AuthPolicy, has_existed: bool, records: Vec<Record>) -> Self {
        let is_enforced = match policy {
            AuthPolicy::Always => true,
            AuthPolicy::OnceTokensExist => has_existed,
        };
        let records = records
            .into_iter()
            .map(|record| (record.id.clone(), record));
        Self {
            is_enforced,
            records: records.collect(),
        }
    }

    fn find(&self, sent: &str) -> Option<&Record> {
        let token = Token::parse(sent)?;
        let record = self.records.get(token.id())?;
        (record.digest.matches(&token.digest()) && record.is_usable()).then_some(record)
    }

    fn admits(&self, caller: &Caller) -> bool {
        match caller.token() {
            None => !self.is_enforced,
            Some(id) => {
                let record = self.records.get(id);
                record.is_some_and(|record| record.is_usable() && record.role == caller.role())
            }
        }
    }
}

#[cfg(test)]
mod tests;
