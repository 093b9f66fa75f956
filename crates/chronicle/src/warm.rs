//! Warming: what a run of reports is about to need is fetched from memory all at once.
//!
//! A replay is bound by waiting for memory: the act, the relations it touches, the ends of their
//! lists and the event's place in the table of ids are each somewhere else. Taken one report after
//! the other, each wait is served alone; looked at beforehand in short loops without any
//! dependence between their rounds, a processor serves several at a time. Nothing here changes
//! the chronicle or what it will answer.

use crate::chronicle::{Chronicle, Reported};
use crate::rows::ActId;
use std::hint::black_box;

/// Reports looked at together: enough to hide one wait behind others, few enough for the
/// nearest cache to hold all that was fetched.
pub const WINDOW: usize = 32;

impl Chronicle {
    /// Fetches what the first [`WINDOW`] of these reports need.
    pub fn warm<'a>(&self, reports: impl Iterator<Item = Reported<'a>> + Clone) {
        let mut acts = [None::<ActId>; WINDOW];
        let mut hashes = [0; WINDOW];
        let mut events = [0; WINDOW];
        let mut count = 0;
        // The reports themselves were written by another core.
        for report in reports.clone().take(WINDOW) {
            let ends = [
                report.act.first(),
                report.act.last(),
                report.publisher.first(),
            ];
            black_box(ends.map(Option::<&u8>::copied));
        }
        for (place, report) in reports.take(WINDOW).enumerate() {
            hashes[place] = self.acts.hash(report.act);
            events[place] = self.rows.hash(report.event);
            count = place + 1;
        }
        for event in &events[..count] {
            black_box(self.rows.glance(*event));
        }
        for (act, hash) in acts.iter_mut().zip(&hashes[..count]) {
            *act = self.acts.glance(*hash);
        }
        let mut touched = [0; WINDOW];
        for (number, act) in touched.iter_mut().zip(acts.iter().flatten()) {
            let known = self.acts.get(*act);
            *number = known.touches.first().map_or(0, |(relation, _)| *relation);
        }
        for number in &touched[..count] {
            let relation = self.relations.get(*number as usize);
            black_box(relation.map(|relation| (relation.version, relation.rows.last().copied())));
        }
    }
}
