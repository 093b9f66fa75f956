//! The source of a read: a fold of the log, with what the fold does not keep.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use detente_api::request::KnownAt;
use detente_api::view::CommittedRecord;
use detente_api::{Code, Refusal};
use detente_chronicle::Position;
use detente_domain::day::Day;
use detente_domain::relations::Pair;
use detente_domain::rulebook::Rulebook;
use detente_feed::{Error, Failure};
use detente_jetstream::stream_info;
use detente_jetstream::topology::EVENTS;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::archive::{Archive, RecordRef};
use crate::read_model::ReadModel;
use crate::records;
use crate::turns::{blocking, in_turns, take_turn, to_the_end};

/// The longest time that a read waits for a position.
const WAIT_MAX: Duration = Duration::from_secs(5);
/// How far the clock of a client may be ahead: a time within that is taken as now.
const CLOCK_SKEW: time::Duration = time::Duration::seconds(5);

/// The versions of a relation from which on its fold takes long: some ten milliseconds.
pub(crate) const LONG_FOLD: usize = 4_000;

/// The most times that a relation is folded for one read. If it is touched meanwhile, what was known
/// at the position of the read is past, and stays so.
const LONG_FOLDS_MAX: usize = 2;

/// A fold that reads are answered from: a running [`ReadModel`], or files that
/// are folded in memory.
pub trait ReadSource: Sync {
    /// True if the records have the times at which they were recorded.
    const HAS_RECORD_TIMES: bool;

    /// Runs a closure on the archive. Others wait meanwhile, so work over many relations or events
    /// is to be split.
    fn with_archive<T: Send + 'static>(
        &self,
        run: impl FnOnce(&mut Archive) -> T + Send + 'static,
    ) -> impl Future<Output = T> + Send;

    /// Folds a relation for reads that need its levels up to a day, as known at a position, if that
    /// takes long: apart from the archive, so that other reads and the fold of the log go on.
    fn fold_long(
        &self,
        _pair: Pair,
        _known: Position,
        _until: Day,
    ) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }

    /// Returns the rulebook of the fold.
    fn rules(&self) -> &Arc<Rulebook>;

    /// Returns the name of the projection.
    fn projection_name(&self) -> &str;

    /// Returns the present UTC day.
    fn today(&self) -> Day;

    /// Returns the position up to which the log is folded, once it has reached `min_position`.
    ///
    /// # Errors
    /// `not_caught_up` if it does not reach that within a time limit.
    fn head(&self, min_position: u64) -> impl Future<Output = Result<u64, Error>> + Send;

    /// Returns the position of a point of the known clock, at most the head. `name` is that of the
    /// parameter.
    ///
    /// # Errors
    /// `unknown_position` beyond the end of the log, `bad_query` for a time to come; a failure of
    /// the log.
    fn position(
        &self,
        name: &str,
        known: KnownAt,
        head: u64,
    ) -> impl Future<Output = Result<u64, Error>> + Send;

    /// Reads records, by id. Those that cannot be read are left out.
    ///
    /// # Errors
    /// A failure of the log.
    fn records(
        &self,
        refs: BTreeSet<RecordRef>,
    ) -> impl Future<Output = Result<BTreeMap<Uuid, CommittedRecord>, Failure>> + Send;
}

impl ReadSource for ReadModel {
    const HAS_RECORD_TIMES: bool = true;

    async fn with_archive<T: Send + 'static>(
        &self,
        run: impl FnOnce(&mut Archive) -> T + Send + 'static,
    ) -> T {
        take_turn(self.archive(), run).await
    }

    async fn fold_long(&self, pair: Pair, known: Position, until: Day) {
        for _ in 0..LONG_FOLDS_MAX {
            let folds_long =
                move |archive: &mut Archive| archive.chronicle().folds_long(pair, known, LONG_FOLD);
            if !self.with_archive(folds_long).await {
                return;
            }
            // One at a time: those who wait for the same one find it cached.
            let held = Arc::clone(self.long_folds()).lock_owned().await;
            let archive = Arc::clone(self.archive());
            // A fold that has begun goes on without its reader, and holds its turn until then.
            let is_folded = to_the_end(async move {
                let _held = held;
                let fold = move |archive: &mut Archive| {
                    archive.chronicle().long_fold(pair, known, until, LONG_FOLD)
                };
                let Some(fold) = take_turn(&archive, fold).await else {
                    return false;
                };
                let folded = blocking(move || fold.run()).await;
                let keep = move |archive: &mut Archive| archive.chronicle_mut().keep(folded);
                take_turn(&archive, keep).await;
                true
            });
            if !is_folded.await {
                return;
            }
        }
    }

    fn rules(&self) -> &Arc<Rulebook> {
        &self.deps().rules
    }

    fn projection_name(&self) -> &str {
        self.deps().projection.as_str()
    }

    fn today(&self) -> Day {
        Day::of_utc(self.now())
    }

    async fn head(&self, min_position: u64) -> Result<u64, Error> {
        caught_up(self, "min_position", min_position).await
    }

    async fn position(&self, name: &str, known: KnownAt, head: u64) -> Result<u64, Error> {
        let connection = &self.deps().connection;
        let position = match known {
            KnownAt::Position(position) => position,
            KnownAt::Time(time) => {
                let time = past(name, time, self.now())?;
                let position = stream_info::sequence_at_time(connection, EVENTS, time).await?;
                caught_up(self, name, position).await?;
                position
            }
        };
        if position <= head {
            return Ok(position);
        }
        // Another read model, or another service, may have folded more of the log than this one.
        if position <= stream_info::head(connection, EVENTS).await? {
            caught_up(self, name, position).await?;
            return Ok(position);
        }
        let message = format!("the log ends at {head}, as far as it was folded");
        let refusal = Refusal::new(Code::UnknownPosition, message).field(name);
        Err(refusal.value(&position.to_string()).into())
    }

    async fn records(
        &self,
        refs: BTreeSet<RecordRef>,
    ) -> Result<BTreeMap<Uuid, CommittedRecord>, Failure> {
        records::read(&self.deps().connection, refs).await
    }
}

/// Folds those of some relations that take long, as [`ReadSource::fold_long`] does each.
pub(crate) async fn fold_all_long<S: ReadSource>(
    source: &S,
    pairs: Vec<Pair>,
    known: Position,
    until: Day,
) {
    let long = move |archive: &mut Archive, pair: Pair| {
        let folds_long = archive.chronicle().folds_long(pair, known, LONG_FOLD);
        Some(folds_long.then_some(pair))
    };
    let long = in_turns(source, pairs, long).await;
    for pair in long.into_iter().flatten() {
        source.fold_long(pair, known, until).await;
    }
}

/// Returns the time, or now if it is slightly ahead.
///
/// # Errors
/// `bad_query` for a time to come.
fn past(name: &str, time: OffsetDateTime, now: OffsetDateTime) -> Result<OffsetDateTime, Refusal> {
    let ahead = time - now;
    if ahead <= CLOCK_SKEW {
        return Ok(time.min(now));
    }
    let ahead = ahead.whole_seconds();
    let [time, now] = [time, now.truncate_to_second()].map(|time| KnownAt::Time(time).to_string());
    let message = format!(
        "what will be known is not known yet: {time} is {ahead} s ahead of the clock of the server, \
         {now}"
    );
    let refusal = Refusal::new(Code::BadQuery, message).field(name);
    Err(refusal.value(&time).allowed([now]))
}

/// Waits until the log was folded up to its end and up to a position. Returns the head.
async fn caught_up(model: &ReadModel, name: &str, position: u64) -> Result<u64, Error> {
    let progress = model.wait_for(position, WAIT_MAX).await;
    if progress.is_live() && progress.position >= position {
        return Ok(progress.position);
    }
    let folded = progress.position;
    let message = match progress.replay_to {
        Some(_) if progress.is_live() => {
            format!("the log was folded up to {folded}, and not to {position}")
        }
        Some(head) => format!("the log is being folded: {folded} of {head}"),
        None => "the log cannot be read yet".to_owned(),
    };
    let refusal = Refusal::new(Code::NotCaughtUp, message);
    Err(match position {
        0 => refusal.into(),
        _ => refusal.field(name).value(&position.to_string()).into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_time_slightly_ahead_is_now_and_one_further_ahead_is_refused_with_both_times() {
        let now = datetime!(2026-01-01 12:00:00.25 UTC);
        let earlier = datetime!(2026-01-01 17:00:00.25 +05:00);
        assert_eq!(past("known_at", earlier, now), Ok(earlier));
        for ahead in [
            datetime!(2026-01-01 12:00:03 UTC),
            datetime!(2026-01-01 17:00:05 +05:00),
        ] {
            assert_eq!(past("known_at", ahead, now), Ok(now));
        }
        let ahead = datetime!(2026-01-01 17:01:00.25 +05:00);
        let refusal = past("known_to", ahead, now).expect_err("is ahead");
        assert_eq!(refusal.code, Code::BadQuery);
        assert_eq!(refusal.field.as_deref(), Some("known_to"));
        assert_eq!(refusal.allowed, ["2026-01-01T12:00:00Z"]);
        for part in [
            "2026-01-01T17:01:00.25+05:00",
            "60 s ahead",
            "2026-01-01T12:00:00Z",
        ] {
            assert!(refusal.message.contains(part), "{refusal}");
        }
    }
}
