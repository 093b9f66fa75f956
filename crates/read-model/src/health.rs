//! Whether questions can be answered, and which part fails if not.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use crate::read_model::Query;

/// A projection that is behind and has not moved for so long is stalled.
const STALLED_AFTER: Duration = Duration::from_secs(10);

/// So many commits behind, the feed is not fit to be served; fewer are on their way.
const BEHIND_MAX: u64 = 64;

/// Something else that must be well, such as another service in the same process.
#[derive(Clone)]
pub struct Probe {
    /// What it is.
    pub part: &'static str,
    /// Says what is wrong with it.
    pub check: Arc<dyn Fn() -> Result<(), String> + Send + Sync>,
}

/// How the service is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Health {
    /// Whether questions are answered, and with what is known.
    pub ready: bool,
    /// The parts that fail.
    pub failing: Vec<Failing>,
    /// The last commit that was folded.
    pub position: u64,
    /// The projection that is served.
    pub projection: String,
    /// The last cursor of the change feed.
    pub cursor: String,
    /// The rulebook that is to follow, while it is built; it keeps nobody from being ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub candidate: Option<Candidate>,
}

/// A rulebook that is to come into force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Candidate {
    /// Its projection.
    pub projection: String,
    /// The last commit that was folded under it here.
    pub position: u64,
    /// What is wrong with it, if it fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failing: Option<String>,
}

/// A part that fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Failing {
    /// The part: `nats`, `log`, `projection`, or the name of a probe.
    pub part: &'static str,
    /// What is wrong with it.
    pub reason: String,
}

/// How the service is right now.
#[must_use]
pub fn health(query: &Query) -> Health {
    let parts = query.parts();
    let mut failing = Vec::new();
    let mut fail = |part, reason| failing.push(Failing { part, reason });
    if !parts.deps.connection.is_connected() {
        fail("nats", "the NATS server cannot be reached".to_owned());
    }
    if let Some(part) = query.broken_part() {
        fail("service", format!("{part} has ended"));
    }
    let progress = *parts.progress.borrow();
    match progress.replay_to {
        None => fail("log", "the log is not there yet".to_owned()),
        Some(head) if !progress.is_live() => {
            fail(
                "log",
                format!("replaying: {} of {head} commits", progress.position),
            );
        }
        Some(_) => {
            if let Some(reason) = behind(query) {
                fail("projection", reason);
            }
        }
    }
    for probe in &parts.deps.probes {
        if let Err(reason) = (probe.check)() {
            fail(probe.part, reason);
        }
    }
    Health {
        ready: failing.is_empty(),
        failing,
        position: progress.position,
        projection: parts.deps.projection.to_string(),
        cursor: parts
            .feed
            .cursor(parts.feed.seen().borrow().sequence)
            .to_string(),
        candidate: candidate(query),
    }
}

/// The rulebook that is to follow, unless it is in force already.
fn candidate(query: &Query) -> Option<Candidate> {
    let switching = query.parts().switching.borrow();
    let standing = &switching.standing;
    let candidate = &standing.candidate.as_ref()?.value;
    let active = standing.active.as_ref();
    let is_active = active.is_some_and(|active| active.value.projection == *candidate);
    (!is_active).then(|| Candidate {
        projection: candidate.to_string(),
        position: switching.folded,
        failing: standing.failed.get(candidate).cloned(),
    })
}

/// How far the change feed is behind the log, in words. A commit that touches no relation is told
/// by nobody, so only those that do are looked at.
fn behind(query: &Query) -> Option<String> {
    let seen = *query.parts().feed.seen().borrow();
    let touched = {
        let archive = query.archive();
        let chronicle = archive.chronicle();
        chronicle
            .pairs()
            .map(|pair| chronicle.version(pair).0)
            .max()
            .unwrap_or(0)
    };
    let behind = touched.saturating_sub(seen.position);
    if behind == 0 {
        return None;
    }
    // Neither the feed nor the log has moved for long: after a quiet night, the first report is
    // not late as soon as it is there.
    let folded = query.parts().progress.borrow().folded;
    let is_old = |moved: Option<Instant>| moved.is_none_or(|at| at.elapsed() >= STALLED_AFTER);
    let stalled = seen.since.is_none() || is_old(seen.since) && is_old(folded);
    if behind <= BEHIND_MAX && !stalled {
        return None;
    }
    Some(match (seen.since, stalled) {
        (None, _) => "there is no change feed yet; is a projector running?".to_owned(),
        (Some(_), true) => format!("stalled, behind by {behind} commits"),
        (Some(_), false) => format!("behind by {behind} commits"),
    })
}

impl fmt::Debug for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Probe")
            .field("part", &self.part)
            .finish_non_exhaustive()
    }
}
