//! The frames of a replay: by valid day from the archive, or as published from the change feed.

use std::ops::RangeInclusive;
use std::sync::Arc;

use detente_api::view::{Lost, ReplayFrame};
use detente_api::{Code, Refusal};
use detente_domain::day::Day;
use detente_feed::{Error, Filter, Frame, StartAt, Step, Subscription};
use detente_jetstream::reader::ReadError;
use detente_jetstream::topology::Projection;
use detente_read_model::day_frames::DayFrames;
use detente_read_model::queries::ReplayPlace;
use detente_read_model::{ReadModel, ReadSource as _};

/// What the cursor before the first frame names in place of a day and relation.
const START: &str = "0";

/// The frames of a replay, and the point at which they begin.
pub(super) struct Replay {
    pub(super) frames: Frames,
    /// The cursor before the first frame.
    pub(super) cursor: String,
    /// The position up to which the log is known.
    pub(super) known: u64,
    /// True if the client has resumed after the end.
    pub(super) is_over: bool,
}

/// The next part of a replay.
pub(super) enum Next {
    Frame(ReplayFrame),
    /// Messages that the feed lacks; the replay goes on after them.
    Lost(Lost),
}

/// The remaining frames of a replay.
pub(super) enum Frames {
    Valid(DayFrames),
    Published(Box<Published>),
}

/// Frames of the change feed.
pub(super) struct Published {
    subscription: Subscription,
    /// The frame that was read last, until its day is known.
    read: Option<Arc<Frame>>,
    /// The last message of the feed when the replay began.
    end: u64,
    days: RangeInclusive<Day>,
    known: u64,
    /// True once a frame of a later position was read: what follows is not of the replay.
    is_past: bool,
}

/// Returns the frames by valid day, as known at a position.
pub(super) async fn by_valid_day(
    model: &ReadModel,
    filter: Filter,
    days: RangeInclusive<Day>,
    known: u64,
    last: Option<&str>,
    head: u64,
) -> Result<Replay, Error> {
    let resumed = last.map(|last| parse_cursor(model, last, head));
    let (known, place) = resumed.transpose()?.unwrap_or((known, None));
    let name = model.projection().as_str();
    let replay = DayFrames::begin(model, filter, days, known, place).await;
    let is_over = last.is_some() && !replay.derive(model).await;
    Ok(Replay {
        frames: Frames::Valid(replay),
        cursor: last.map_or_else(|| format!("{name}-{known}-{START}"), str::to_owned),
        known,
        is_over,
    })
}

/// Returns the frames as the change feed published them, up to a position.
pub(super) async fn as_published(
    model: &ReadModel,
    filter: Filter,
    days: RangeInclusive<Day>,
    known: u64,
    last: Option<&str>,
) -> Result<Replay, Error> {
    let from = last.map(StartAt::parse).transpose()?;
    let end = model.feed().head().await?;
    let from = from.unwrap_or(StartAt::Start);
    let subscription = model.feed().subscribe(&from, filter).await?;
    Ok(Replay {
        cursor: subscription.cursor().to_string(),
        known,
        is_over: last.is_some() && subscription.last() >= end,
        frames: Frames::Published(Box::new(Published {
            subscription,
            read: None,
            end,
            days,
            known,
            is_past: false,
        })),
    })
}

/// Parses a cursor of a replay by valid day. Returns the position up to which the log is known and
/// the place of the frame; `None` before the first.
fn parse_cursor(
    model: &ReadModel,
    text: &str,
    head: u64,
) -> Result<(u64, Option<ReplayPlace>), Refusal> {
    let refuse = |code, message: String| {
        let refusal = Refusal::new(code, message).field("last-event-id");
        Err(refusal.value(text))
    };
    let parse = || {
        let (projection, rest) = text.split_once('-')?;
        let (known, place) = rest.split_once('-')?;
        let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let projection = Projection::new(projection).ok()?;
        let known: u64 = known.parse().ok().filter(|_| is_plain(known))?;
        let parsed = ReplayPlace::parse(place);
        let is_number = !place.is_empty() && is_plain(place);
        (parsed.is_some() || is_number).then_some((projection, known, place, parsed))
    };
    let Some((projection, known, place, parsed)) = parse() else {
        let message = "a cursor of this replay is a projection, a position, and a day and relation";
        return refuse(Code::BadCursor, message.to_owned());
    };
    let served = model.projection();
    if projection != *served {
        let message = format!(
            "the cursor is of projection {projection}, and {served} is served: replay from the \
             start"
        );
        return refuse(Code::StaleCursor, message);
    }
    if known > head {
        let message = format!("the log ends at {head}, as far as it was folded");
        return refuse(Code::BadCursor, message);
    }
    if parsed.is_none() && place != START {
        let message = "the cursor is of an earlier version, which numbered frames: replay from the \
                       start";
        return refuse(Code::StaleCursor, message.to_owned());
    }
    Ok((known, parsed))
}

impl Frames {
    /// Returns the next frame, or what is lost in place of some. It is safe to cancel.
    pub(super) async fn next(&mut self, model: &ReadModel) -> Result<Option<Next>, ReadError> {
        match self {
            Self::Valid(replay) => Ok(replay.next(model).await.map(Next::Frame)),
            Self::Published(published) => published.next(model).await,
        }
    }
}

impl Published {
    async fn next(&mut self, model: &ReadModel) -> Result<Option<Next>, ReadError> {
        loop {
            let frame = match &self.read {
                Some(frame) => Arc::clone(frame),
                None if self.subscription.last() >= self.end => return Ok(None),
                None => match self.subscription.step().await? {
                    Step::Skipped => continue,
                    Step::Hole(hole) if self.is_past || hole.first > self.end => continue,
                    Step::Hole(hole) => {
                        let refusal = model.feed().refuse_hole(hole);
                        return Ok(Some(Next::Lost(Lost::from(refusal))));
                    }
                    Step::Head => {
                        self.subscription.wait().await;
                        continue;
                    }
                    Step::Frame(frame) => Arc::clone(self.read.insert(frame)),
                },
            };
            let position = frame.position;
            let day = model.with_archive(move |archive| archive.recorded(position));
            let day = day.await.unwrap_or(Day::MIN);
            self.read = None;
            let is_known = frame.position <= self.known;
            self.is_past |= !is_known;
            let is_within = self.subscription.last() <= self.end;
            if is_known && is_within && self.days.contains(&day) {
                return Ok(Some(Next::Frame(ReplayFrame {
                    day: day.to_string(),
                    frame: (*frame).clone(),
                })));
            }
        }
    }
}
