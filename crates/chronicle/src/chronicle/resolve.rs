//! Resolving amendments and links into new versions of events.

use super::Chronicle;
use crate::amendments::{corrected, corrected_date};
use crate::corroboration::{CombinedGrade, GradedReport};
use crate::versions::{Content, Position};
use detente_domain::event::EventId;
use std::collections::BTreeSet;

impl Chronicle {
    /// Resolves events that were amended, and those linked with them.
    pub(super) fn resolve(&mut self, position: Position, mut events: BTreeSet<EventId>) {
        while let Some(event) = events.pop_first() {
            let group = self.links.group(event, &self.retractions, Position::LATEST);
            self.resolve_group(position, &group);
            for member in &group {
                events.remove(member);
            }
        }
    }

    /// Resolves the events of a group: the first that counts has the content, and hides the others.
    fn resolve_group(&mut self, position: Position, group: &BTreeSet<EventId>) {
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
        for event in group {
            let Some(first) = self.versions.first(*event) else {
                continue;
            };
            let own = self.versions.get(first).content();
            let content = if representative == Some(*event) {
                self.representing(*event, own, &reports, disputed)
            } else {
                Content {
                    hidden: true,
                    ..own
                }
            };
            self.set_content(position, *event, content);
        }
    }

    /// Returns the content of the event that represents a group.
    fn representing(
        &mut self,
        event: EventId,
        own: Content,
        reports: &[GradedReport],
        disputed: bool,
    ) -> Content {
        let corrections = self.corrections_in_effect(event, own.report(), Position::LATEST);
        let date = corrected_date(&own, &corrections, &self.rules);
        let act = corrected(&self.acts.get(own.act).act, &corrections);
        Content {
            act: self.intern(&act),
            earliest: date.earliest,
            latest: date.latest,
            grade: CombinedGrade::new(own.report(), reports, &self.rules).grade,
            publisher: own.publisher,
            disputed,
            hidden: false,
        }
    }

    fn set_content(&mut self, position: Position, event: EventId, content: Content) {
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
