//! Replay: past changes by valid day, or in the order in which they were published. Frames are
//! derived as they are asked for.

mod as_published;
mod by_day;
mod place;

use std::fmt::Display;
use std::sync::Arc;

use detente_api::view::{ChangeView, ReplayFrame};
use detente_domain::day::Day;
use detente_domain::relations::Pair;
use detente_feed::{Filter, Frame};

pub use as_published::PublishedReplay;
pub use by_day::DayReplay;
pub use place::ReplayPlace;

fn set_cursor(replayed: &mut ReplayFrame, prefix: &str, place: impl Display) {
    replayed.frame.cursor = format!("{prefix}-{place}");
}

/// Returns the frame of the changes that match; `None` if none does.
fn frame(
    filter: &Filter,
    pair: Pair,
    day: Day,
    position: u64,
    changes: Vec<ChangeView>,
) -> Option<ReplayFrame> {
    if changes.is_empty() {
        return None;
    }
    let frame = Frame {
        cursor: String::new(),
        relation: pair.to_string(),
        position,
        changes,
        omitted: 0,
    };
    let frame = filter.apply(&Arc::new(frame))?;
    Some(ReplayFrame {
        day: day.to_string(),
        frame: Arc::unwrap_or_clone(frame),
    })
}
