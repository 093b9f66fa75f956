//! Resolving amendments and links into new versions of events.

use super::Chronicle;
use crate::amendments::{corrected, corrected_date};
use crate::corroboration::CombinedGrade;
use crate::versions::{Content, Position};
use detente_domain::event::EventId;
use std::collections::BTreeSet;

impl Chronicle {
    /// Resolves an event, and those linked with it, after an amendment.
    pub(super) fn resolve(&mut self, position: Position, event: EventId) {
        let linked = self.links.ever_linked(event);
        for member in &linked {
            let group = self
                .links
                .group(*member, &self.retractions, Position::LATEST);
            self.resolve_one(position, *member, &group);
        }
    }

    fn resolve_one(&mut self, position: Position, event: EventId, group: &BTreeSet<EventId>) {
        let Some(first) = self.versions.first(event) else {
            return;
        };
        let own = self.versions.get(first).content();
        let mut representative = None;
        let (mut reports, mut disputed) = (Vec::new(), false);
        for member in group {
            let mut counted = self.reports(*member, Position::LATEST);
            if counted.is_empty() {
                continue;
            }
            representative = representative.or(Some(*member));
            reports.append(&mut counted);
            let amendments = self.amendments_in_force(*member, Position::LATEST);
            disputed |= amendments.denials().next().is_some();
        }
        let content = if representative == Some(event) {
            let corrections = self.corrections_in_effect(event, own.report(), Position::LATEST);
            let date = corrected_date(&own, &corrections, &self.rules);
            let act = corrected(&self.acts.get(own.act).act, &corrections);
            Content {
                act: self.intern(&act),
                earliest: date.earliest,
                latest: date.latest,
                grade: CombinedGrade::new(own.report(), &reports, &self.rules).grade,
                publisher: own.publisher,
                disputed,
                hidden: false,
            }
        } else {
            Content {
                hidden: true,
                ..own
            }
        };
        let Some(now) = self.versions.current(event) else {
            return;
        };
        let before = self.versions.get(now).content();
        if before == content {
            // The version stays, but the denials, or their share of its weight, may have changed.
            if content.disputed && !content.hidden {
                self.touch(None, position, event, content);
            }
        } else if let Some(version) = self.versions.append(event, position, content) {
            self.attach(version, position, event, content);
            self.touch(None, position, event, before);
        }
    }
}
