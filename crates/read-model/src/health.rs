//! The health of the service: its readiness for reads, and the parts that fail.
//!
//! It is read from counters, so it is known at once whatever is folded or read meanwhile.

use std::collections::BTreeMap;
use std::time::Duration;

use detente_feed::Seen;
use detente_jetstream::topology::Projection;
use serde::Serialize;
use tokio::time::Instant;

use crate::read_model::{Progress, ReadModel};

pub use crate::read_model::Probe;

/// The time without progress after which a projection that is behind counts as stalled.
const STALLED_AFTER: Duration = Duration::from_secs(10);

/// The most commits by which a feed that is served may be behind.
const BEHIND_MAX: u64 = 64;

/// The health of the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Health {
    /// True if reads are answered with all that is known.
    pub ready: bool,
    /// The parts that fail.
    pub failing: Vec<Failing>,
    /// The last commit that was folded.
    pub position: u64,
    /// The projection that is served.
    pub projection: String,
    /// The last cursor of the change feed.
    pub cursor: String,
    /// The next rulebook, while it is being built; it does not affect `ready`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub candidate: Option<Candidate>,
    /// Messages of the log that are missing or no commits, and have no effect; they do not affect
    /// `ready`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub damaged_messages: Option<DamagedMessages>,
    /// What the change feed lacks, and what to do; it does not affect `ready`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub damaged_feed: Option<String>,
    /// Values of the control bucket that are damaged and passed over, by key, and what is wrong with
    /// each; they do not affect `ready`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub damaged_values: BTreeMap<String, String>,
    /// Other stored projections whose projector fails, with the reason; they do not affect `ready`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub damaged: BTreeMap<String, String>,
}

/// Messages of the log that are damaged or missing, or that another program than a gateway
/// published. `detente verify` names each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct DamagedMessages {
    /// Their number.
    pub count: u64,
    /// The position of the last one.
    pub last: u64,
}

/// A rulebook that is to come into force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Candidate {
    /// Its projection.
    pub projection: String,
    /// The last commit that was folded under it here.
    pub position: u64,
    /// The reason, if it fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failing: Option<String>,
}

/// A part that fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Failing {
    /// The part: `nats`, `log`, `projection`, or the name of a probe.
    pub part: &'static str,
    /// The reason.
    pub reason: String,
}

/// Returns the present health of the service.
#[must_use]
pub fn health(model: &ReadModel) -> Health {
    let deps = model.deps();
    let mut failing = Vec::new();
    let mut fail = |part, reason| failing.push(Failing { part, reason });
    if !deps.connection.is_connected() {
        fail("nats", "the NATS server cannot be reached".to_owned());
    }
    if let Some(reason) = model.broken_reason() {
        fail("service", reason.to_string());
    }
    let progress = *model.progress().borrow();
    match progress.replay_to {
        None => fail("log", "the log is not there yet".to_owned()),
        Some(head) if !progress.is_live() => {
            fail(
                "log",
                format!("replaying: {} of {head} commits", progress.position),
            );
        }
        Some(_) => {
            if let Some(reason) = behind(model, &progress) {
                fail("projection", reason);
            }
        }
    }
    for probe in &deps.probes {
        if let Err(reason) = (probe.check)() {
            fail(probe.part, reason);
        }
    }
    let feed = model.feed();
    let seen = *feed.seen().borrow();
    Health {
        ready: failing.is_empty(),
        failing,
        position: progress.position,
        projection: deps.projection.to_string(),
        cursor: feed.cursor(seen.sequence).to_string(),
        candidate: candidate(model),
        damaged_messages: progress
            .damaged
            .map(|(count, last)| DamagedMessages { count, last }),
        damaged_feed: damaged_feed(&deps.projection, seen),
        damaged_values: model.switch_state().registry.damaged_values.clone(),
        damaged: damaged(model),
    }
}

/// Describes what the change feed lacks.
fn damaged_feed(projection: &Projection, seen: Seen) -> Option<String> {
    let Seen {
        missing, omitted, ..
    } = seen;
    let stream = projection.stream();
    if missing > 0 {
        let fault =
            format!("{stream} lacks {missing} messages; `detente rebuild` makes another feed");
        return Some(fault);
    }
    let fault = || {
        format!(
            "{stream} has marks in the place of {omitted} changes that are too large for a message"
        )
    };
    (omitted > 0).then(fault)
}

/// Returns the stored projections that fail or whose rulebook is damaged, without the candidate,
/// which has a field of its own.
fn damaged(model: &ReadModel) -> BTreeMap<String, String> {
    let state = model.switch_state();
    let damaged = state.registry.damaged.iter();
    let candidate = state.registry.candidate.as_ref();
    let candidate = candidate.map(|candidate| &candidate.value);
    let failed = state.registry.failed.iter();
    let stored = &state.registry.stored;
    let failed = failed.filter(|(projection, _)| {
        Some(*projection) != candidate && stored.contains_key(*projection)
    });
    failed
        .chain(damaged)
        .map(|(projection, reason)| (projection.to_string(), reason.clone()))
        .collect()
}

/// Returns the next rulebook, unless it is in force already.
fn candidate(model: &ReadModel) -> Option<Candidate> {
    let state = model.switch_state();
    let candidate = &state.registry.candidate.as_ref()?.value;
    let active = state.registry.active.as_ref();
    let is_active = active.is_some_and(|active| active.value.projection == *candidate);
    (!is_active).then(|| Candidate {
        projection: candidate.to_string(),
        position: state.candidate_folded,
        failing: state.registry.failed.get(candidate).cloned(),
    })
}

/// Describes how far the change feed is behind the log. Only commits that touch a relation count;
/// of one that changes nothing, and so is not in the feed, the projector says that it is folded.
fn behind(model: &ReadModel, progress: &Progress) -> Option<String> {
    let seen = *model.feed().seen().borrow();
    let behind = progress.touched.saturating_sub(seen.position);
    if behind == 0 {
        return None;
    }
    // After a quiet period, the first report must not make the feed late at once.
    let is_old = |moved: Option<Instant>| moved.is_none_or(|at| at.elapsed() >= STALLED_AFTER);
    let stalled = seen.since.is_none() || is_old(seen.since) && is_old(progress.folded);
    if behind <= BEHIND_MAX && !stalled {
        return None;
    }
    Some(match (seen.since, stalled) {
        (None, _) => "there is no change feed yet; is a projector running?".to_owned(),
        (Some(_), true) => format!("stalled, behind by {behind} commits"),
        (Some(_), false) => format!("behind by {behind} commits"),
    })
}
