//! Resolving amendments and links into new versions of events, and changes of authority into
//! regimes.

use super::Chronicle;
use crate::amendments::corrected;
use crate::corroboration::CombinedGrade;
use crate::versions::{Content, Position};
use detente_domain::edtf::Edtf;
use detente_domain::event::EventId;
use detente_domain::fold::Regime;
use detente_domain::fold::regime::Takeover;
use detente_domain::party::Party;
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
            disputed |= amendments.disputed_by().next().is_some();
        }
        let content = if representative == Some(event) {
            let patches = self.amendments_in_force(event, Position::LATEST).patches();
            let mut dates = patches.iter().filter_map(|patch| patch.occurred.as_ref());
            let date = dates.next_back();
            let earliest = date.map_or(own.earliest, Edtf::earliest);
            let latest = date.map_or(own.latest, Edtf::latest);
            let act = corrected(&self.acts.get(own.act).act, &patches);
            Content {
                act: self.intern(&act),
                earliest,
                latest,
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
            // The version stays, but the deniers may have changed.
            if content.disputed && !content.hidden {
                self.touch(None, position, event, content);
            }
        } else if let Some(version) = self.versions.append(event, position, content) {
            self.attach(version, position, event, content);
            self.touch(None, position, event, before);
        }
    }

    /// Adds a version to the relations that it affects.
    pub(super) fn attach(
        &mut self,
        version: u32,
        position: Position,
        event: EventId,
        content: Content,
    ) {
        if let Some((state, _)) = self.acts.get(content.act).takeover {
            self.takeovers.entry(state).or_default().push(version);
        }
        self.touch(Some(version), position, event, content);
    }

    /// Notes the relations and regimes that a new, or else a replaced, version affects.
    fn touch(
        &mut self,
        version: Option<u32>,
        position: Position,
        event: EventId,
        content: Content,
    ) {
        let act = self.acts.get(content.act);
        for (number, _) in &act.relations {
            if let Some(relation) = self.relations.get_mut(*number as usize) {
                match version {
                    Some(version) => relation.versions.push(version),
                    None => relation.touch_otherwise(position),
                }
                relation.touch(content.earliest, position);
            }
            if let Some(touched) = &mut self.touched {
                touched.relations.entry(*number).or_default().insert(event);
            }
        }
        if let Some((state, _)) = act.takeover {
            self.update_regime(position, event, state);
        }
    }

    /// Recomputes the regime of a state and marks every relation of the state as stale from the
    /// first day that differs.
    fn update_regime(&mut self, position: Position, event: EventId, state: Party) {
        if let Some(touched) = &mut self.touched {
            touched.takeovers.insert((state, event));
        }
        let regime = self.regime_at(state, None);
        let before = self.regimes.insert(state, regime).unwrap_or_default();
        let after = self
            .regimes
            .get(&state)
            .map(Regime::takeovers)
            .unwrap_or_default();
        let same = before
            .takeovers()
            .iter()
            .zip(after)
            .take_while(|(a, b)| a == b)
            .count();
        let differs = [before.takeovers().get(same), after.get(same)];
        let Some(from) = differs
            .into_iter()
            .flatten()
            .map(|takeover| takeover.day)
            .min()
        else {
            return;
        };
        for number in self.by_state.get(&state).into_iter().flatten() {
            if let Some(relation) = self.relations.get_mut(*number as usize) {
                relation.touch_otherwise(position);
                relation.touch(from, position);
            }
        }
    }

    /// Returns the regime of a state as known at a position (now, without one).
    pub(super) fn regime_at(&self, state: Party, known: Option<Position>) -> Regime {
        let versions = self.takeovers.get(&state).into_iter().flatten();
        let current = versions.filter(|version| {
            self.versions
                .is_current(**version, known.unwrap_or(self.head))
        });
        Regime::new(
            current
                .filter_map(|version| {
                    let version = self.versions.get(*version);
                    let content = version.content();
                    let (_, authority) = self.acts.get(content.act).takeover?;
                    (!content.hidden).then_some(Takeover {
                        day: content.earliest,
                        event: version.event,
                        authority,
                    })
                })
                .collect(),
        )
    }
}
