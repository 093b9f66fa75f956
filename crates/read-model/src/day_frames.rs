//! The frames of a replay by valid day, derived from the archive in turns.

use std::ops::RangeInclusive;
use std::sync::Arc;

use detente_api::view::ReplayFrame;
use detente_chronicle::Position;
use detente_domain::day::Day;
use detente_domain::relations::Pair;
use detente_feed::Filter;
use tokio::sync::Mutex;

use crate::archive::Archive;
use crate::queries::{DayReplay, ReplayPlace};
use crate::read_model::ReadModel;
use crate::source::{LONG_FOLD, ReadSource as _};
use crate::turns::turn;

/// The frames of a replay by valid day.
#[derive(Debug)]
pub struct DayFrames(Arc<Mutex<DayReplay>>);

/// What a turn has led to.
enum Advanced {
    /// The next frame, or there is more to derive.
    More,
    /// A relation is to be folded whose fold takes long.
    Long((Pair, Position)),
    /// There are no more frames.
    Over,
}

impl DayFrames {
    /// Begins a replay of some days, as known at a position, after a place if one is given.
    pub async fn begin(
        model: &ReadModel,
        filter: Filter,
        days: RangeInclusive<Day>,
        known: u64,
        after: Option<ReplayPlace>,
    ) -> Self {
        let projection = model.projection().to_string();
        let begin = move |archive: &mut Archive| {
            let replay = DayReplay::new(archive, filter, days, &projection, known);
            match after {
                Some(place) => replay.after(place),
                None => replay,
            }
        };
        Self(Arc::new(Mutex::new(model.with_archive(begin).await)))
    }

    /// Derives the next frame. Returns false if there is none. It is safe to cancel.
    pub async fn derive(&self, model: &ReadModel) -> bool {
        // The relation that was just folded apart.
        let mut apart = None;
        loop {
            let mut replay = Arc::clone(&self.0).lock_owned().await;
            if replay.is_ready() {
                return true;
            }
            let advance = move |archive: &mut Archive| {
                let mut is_over = turn();
                while !replay.is_ready() && !is_over() {
                    let long = replay.next_long(archive, LONG_FOLD);
                    if let Some(long) = long.filter(|long| Some(*long) != apart) {
                        return Advanced::Long(long);
                    }
                    // Of a replay at its end, this stays false.
                    if !replay.advance(archive) {
                        return Advanced::Over;
                    }
                }
                Advanced::More
            };
            apart = match model.with_archive(advance).await {
                Advanced::More => None,
                Advanced::Long((pair, known)) => {
                    model.fold_long(pair, known, Day::MAX).await;
                    Some((pair, known))
                }
                Advanced::Over => return false,
            };
        }
    }

    /// Returns the next frame; `None` at the end. It is safe to cancel.
    pub async fn next(&self, model: &ReadModel) -> Option<ReplayFrame> {
        self.derive(model).await;
        self.0.lock().await.pop()
    }
}
