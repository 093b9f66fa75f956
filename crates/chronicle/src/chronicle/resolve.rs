//! Resolving amendments and links into new versions of events, and changes of authority into
//! regimes.

use super::Chronicle;
use crate::acts::Acts;
use crate::amendments::{AmendedEvent, Original};
use crate::corroboration::CombinedGrade;
use crate::versions::{Content, Position};
use detente_domain::event::{Act, EventId};
use detente_domain::fold::Regime;
use detente_domain::fold::regime::Takeover;
use detente_domain::party::Party;
use std::collections::BTreeSet;

impl Chronicle {
    /// Returns the amendments of an event, after adding an empty list if it has none.
    pub(super) fn amended_event(&mut self, event: EventId) -> &mut AmendedEvent {
        let versions = &self.versions;
        let acts = &self.acts;
        self.amended.entry(event).or_insert_with(|| AmendedEvent {
            original: versions
                .first(event)
                .map(|version| original(acts, versions.get(version).content())),
            amendments: Vec::new(),
        })
    }

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
        let mut representative = None;
        let (mut reports, mut disputed) = (Vec::new(), false);
        for member in group {
            if self.versions.first(*member).is_none() {
                continue;
            }
            self.amended_event(*member);
            let Some(amended) = self.amended.get(member) else {
                continue;
            };
            let Some(mut effective) = amended.effective(*member, &self.retractions) else {
                continue;
            };
            reports.append(&mut effective.reports);
            disputed |= effective.disputed;
            representative = representative.or(Some((*member, effective)));
        }
        let own = self.versions.get(first).content();
        let combined = CombinedGrade::new(&reports, &self.rules);
        let content = match representative {
            Some((member, effective)) if member == event => Content {
                act: self.intern(&effective.act),
                earliest: effective.earliest,
                latest: effective.latest,
                grade: combined.map_or(own.grade, |combined| combined.grade),
                publisher: own.publisher,
                disputed,
                hidden: false,
            },
            _ => Content {
                hidden: true,
                ..own
            },
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
                    let held = self.versions.get(*version);
                    let content = held.content();
                    let (_, authority) = self.acts.get(content.act).takeover?;
                    (!content.hidden).then_some(Takeover {
                        day: content.earliest,
                        event: held.event,
                        authority,
                    })
                })
                .collect(),
        )
    }
}

/// Converts the first version of an event to the original of its amendments.
pub(super) fn original(acts: &Acts, content: Content) -> Original {
    Original {
        act: Act::clone(&acts.get(content.act).act),
        earliest: content.earliest,
        latest: content.latest,
        report: content.report(),
    }
}
