//! Bounds of an index over a stretch of days without a break.
//!
//! On every day of the stretch, all that fades of one class of memory has faded by one factor, on
//! both sides and in all dimensions. So warmth and strain are linear in these factors, one for each
//! class, and the index, which is a quotient of such sums, is least and greatest where each factor is
//! at one of the ends of the stretch. Bounds of each sum alone would join the least warmth with the
//! greatest strain, which no day has.

use super::{BoundsCursor, SIDES, SumBounds};
use crate::decay::HALF_LIVES;
use crate::fold::index;
use crate::rulebook::MEMORIES;

/// A lower and an upper bound, in millionths times a weight.
type Range = [i128; 2];

/// The sums of people's evidence on the days of a stretch, of one dimension or of several, weighted.
#[derive(Debug, Default)]
pub(in crate::fold) struct Spread {
    /// What counts in full on all days, by side.
    held: [i128; SIDES],
    /// What fades, by class of memory, end of the stretch and side; `None` without any.
    fading: [Option<[[Range; SIDES]; 2]>; MEMORIES],
}

impl Spread {
    /// Adds the sums of a dimension between two cursors, times the weights of its sides.
    pub(in crate::fold) fn add(
        &mut self,
        bounds: &SumBounds<'_>,
        (first, last): (&BoundsCursor, &BoundsCursor),
        weights: [i128; SIDES],
    ) {
        if bounds.table.total == 0 {
            return;
        }
        let held = bounds.table.held.at(first.day);
        for ((sum, held), weight) in self.held.iter_mut().zip(held).zip(weights) {
            *sum += i128::from(held) * weight;
        }
        let classes = first.parts.iter().zip(&last.parts);
        for ((first, last), fading) in classes.zip(&mut self.fading) {
            for (side, (first, last)) in first.iter().zip(last).enumerate() {
                if first.mass == 0 {
                    continue;
                }
                // What ends on the way is missing from some day on; nothing begins to fade.
                let ended = first.mass.saturating_sub(last.mass);
                let ended = (ended >> HALF_LIVES) + u64::from(ended > 0);
                let error = i128::from(first.slack()) + i128::from(ended);
                let fading = fading.get_or_insert_default();
                for (end, part) in [first, last].into_iter().enumerate() {
                    let (least, greatest) = part.left.whole();
                    let least = i128::from(least) - error - i128::from(bounds.roundings);
                    let greatest = i128::from(greatest) + error;
                    fading[end][side][0] += least * weights[side];
                    fading[end][side][1] += greatest * weights[side];
                }
            }
        }
    }

    /// Returns bounds of the index, in thousandths, with a damping in the unit of the sums; each is
    /// off by less than one through its own rounding. `None` if there are none.
    pub(in crate::fold) fn index(&self, damping: i128) -> Option<[i64; 2]> {
        let mut bounds: Option<[i64; 2]> = None;
        for corner in 0..1usize << MEMORIES {
            let mut sums = self.held.map(|held| [held; 2]);
            let mut is_new = true;
            for (class, fading) in self.fading.iter().enumerate() {
                let end = corner >> class & 1;
                let Some(fading) = fading else {
                    // It is the same at both ends.
                    is_new &= end == 0;
                    continue;
                };
                for (sum, part) in sums.iter_mut().zip(&fading[end]) {
                    sum[0] += part[0];
                    sum[1] += part[1];
                }
            }
            if !is_new {
                continue;
            }
            let [warmth, strain] = sums;
            // The index rises with warmth and falls with strain.
            if 2 * warmth[0].min(strain[0]) + damping <= 0 {
                return None;
            }
            let low = index::quotient(warmth[0], strain[1], damping);
            let high = index::quotient(warmth[1], strain[0], damping);
            let [low, high] = [low, high].map(index::narrow);
            let [least, greatest] = bounds.unwrap_or([low, high]);
            bounds = Some([least.min(low), greatest.max(high)]);
        }
        bounds
    }
}
