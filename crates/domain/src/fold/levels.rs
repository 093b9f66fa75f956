//! The level timelines of one conduct.

use super::bounds::SumBounds;
use super::{Dimensions, Timeline, band, crossings, posture, silence};
use crate::day::Day;
use crate::dimension::{Dimension, Weighed};
use crate::event::EventId;
use crate::relations::Direction;
use crate::rulebook::Rulebook;

/// What the levels of one conduct are computed from.
pub(super) struct Levels<'a> {
    pub(super) pool: posture::Pool<'a>,
    /// The spans without recent evidence for the posture.
    pub(super) silence: &'a silence::Silence,
    /// As in [`super::Folded::events`].
    pub(super) events: &'a [(EventId, bool)],
    /// The last day that is judged.
    pub(super) until: Day,
}

/// Returns what the posture of a direction is computed from.
pub(super) fn pool<'a>(
    sums: &'a Dimensions,
    bands: &'a band::Bands,
    direction: Direction,
    rules: &'a Rulebook,
) -> posture::Pool<'a> {
    posture::Pool {
        sums: &sums[direction.index()],
        bands: &bands[direction.index()],
        rules,
    }
}

impl Levels<'_> {
    /// Computes the timelines of some weighed dimensions, and of the posture. `earlier` returns a
    /// timeline, and the day before which its steps hold.
    pub(super) fn timelines(
        &self,
        dimensions: &[Weighed],
        mut earlier: impl FnMut(Dimension) -> Option<(Timeline, Day)>,
    ) -> Vec<(Dimension, Timeline)> {
        let pool = self.pool;
        let bounds = pool.sums.each_ref();
        let bounds = bounds.map(|sums| SumBounds::new(&sums.table, pool.rules));
        let mut levels = Vec::with_capacity(dimensions.len() + 1);
        for weighed in dimensions {
            let dimension = Dimension::Weighed(*weighed);
            let place = weighed.index();
            let signal = crossings::DimensionSignal {
                sums: &pool.sums[place],
                bounds: &bounds[place],
                band: &pool.bands[place],
                weighed: *weighed,
                rules: pool.rules,
                events: self.events,
            };
            let timeline = crossings::levels(&signal, earlier(dimension), self.until);
            levels.push((dimension, timeline));
        }
        let earlier = (earlier(Dimension::Posture), self.until);
        let evidence = (self.silence, self.events);
        let posture = posture::timeline(pool, &bounds, evidence, earlier);
        levels.push((Dimension::Posture, posture));
        levels
    }
}
