//! Prefetching the memory that applying reports will read.
//!
//! A replay is bound by memory latency: the act, its relations, the ends of their lists and the
//! entry in the table of ids are all in different places. Applying one report after the other, each
//! cache miss is waited for alone. Short loops of independent reads let a processor overlap them.
//! The chronicle is not changed.

use super::Chronicle;
use crate::versions::ActId;
use detente_domain::event::EventSkim;
use std::hint::black_box;

/// The number of reports to prefetch together: enough to overlap their cache misses, few enough for
/// the first-level cache.
pub const PREFETCH_WINDOW: usize = 32;

impl Chronicle {
    /// Loads the memory that the first [`PREFETCH_WINDOW`] reports need into the cache.
    pub fn prefetch<'a>(&self, reports: impl Iterator<Item = EventSkim<&'a [u8]>> + Clone) {
        let mut acts = [None::<ActId>; PREFETCH_WINDOW];
        let mut hashes = [0; PREFETCH_WINDOW];
        let mut events = [0; PREFETCH_WINDOW];
        let mut count = 0;
        // The reports themselves were written by another core.
        for report in reports.clone().take(PREFETCH_WINDOW) {
            let ends = [
                report.act.first(),
                report.act.last(),
                report.publisher.first(),
            ];
            black_box(ends.map(Option::<&u8>::copied));
        }
        for (index, report) in reports.take(PREFETCH_WINDOW).enumerate() {
            hashes[index] = self.acts.hash(report.act);
            events[index] = self.versions.hash(report.event);
            count = index + 1;
        }
        for event in &events[..count] {
            black_box(self.versions.prefetch(*event));
        }
        for (act, hash) in acts.iter_mut().zip(&hashes[..count]) {
            *act = self.acts.prefetch(*hash);
        }
        let mut numbers = [0; PREFETCH_WINDOW];
        for (number, act) in numbers.iter_mut().zip(acts.iter().flatten()) {
            let interned = self.acts.get(*act);
            *number = interned
                .relations
                .first()
                .map_or(0, |relation| relation.number);
        }
        for number in &numbers[..count] {
            let relation = self.relations.get(*number as usize);
            black_box(
                relation.map(|relation| (relation.touched_at, relation.versions.last().copied())),
            );
        }
    }
}
