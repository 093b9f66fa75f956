//! Settling: what an event comes to, with its amendments and those it is linked with, becomes a
//! row; and a change of authority reaches every relation of its state.

use crate::acts::Acts;
use crate::chronicle::Chronicle;
use crate::dossier::{Dossier, NOW, Original};
use crate::rows::{Content, Position};
use crate::standing::{Said, Standing};
use detente_domain::event::{Act, EventId};
use detente_domain::fold::Regime;
use detente_domain::fold::regime::Takeover;
use detente_domain::party::Party;
use std::collections::BTreeSet;

impl Chronicle {
    /// The dossier of an event; a new one, if it was not amended before.
    pub(crate) fn dossier(&mut self, event: EventId) -> &mut Dossier {
        let rows = &self.rows;
        let acts = &self.acts;
        self.dossiers.entry(event).or_insert_with(|| Dossier {
            original: rows
                .first(event)
                .map(|row| original(acts, rows.get(row).content())),
            amendments: Vec::new(),
        })
    }

    /// Computes anew what an event, and those it is linked with, come to.
    pub(crate) fn reconsider(&mut self, position: Position, event: EventId) {
        let reached = self.links.ever_linked(event);
        for member in &reached {
            let group = self.links.group(*member, &self.retractions, NOW);
            self.settle(position, *member, &group);
        }
    }

    fn settle(&mut self, position: Position, event: EventId, group: &BTreeSet<EventId>) {
        let Some(first) = self.rows.first(event) else {
            return;
        };
        let mut told = None;
        let (mut reports, mut disputed) = (Vec::new(), false);
        for member in group {
            if self.rows.first(*member).is_none() {
                continue;
            }
            self.dossier(*member);
            let Some(dossier) = self.dossiers.get(member) else {
                continue;
            };
            let Some(mut effective) = dossier.effective(*member, &self.retractions) else {
                continue;
            };
            reports.append(&mut effective.reports);
            disputed |= effective.disputed;
            told = told.or(Some((*member, effective)));
        }
        let own = self.rows.get(first).content();
        let standing = Standing::of(&reports, &self.rules);
        let content = match told {
            Some((teller, effective)) if teller == event => Content {
                act: self.intern(&effective.act),
                earliest: effective.earliest,
                latest: effective.latest,
                grade: standing.map_or(own.grade, |standing| standing.grade),
                voice: own.voice,
                disputed,
                silent: false,
            },
            _ => Content {
                silent: true,
                ..own
            },
        };
        let Some(now) = self.rows.now(event) else {
            return;
        };
        let before = self.rows.get(now).content();
        if before == content {
            // Taken for what it was; but who denies it may be news.
            if content.disputed && !content.silent {
                self.touch(None, position, event, content);
            }
        } else if let Some(row) = self.rows.follow(event, position, content) {
            self.place(row, position, event, content);
            self.touch(None, position, event, before);
        }
    }

    /// Adds a row to the relations that it touches.
    pub(crate) fn place(&mut self, row: u32, position: Position, event: EventId, content: Content) {
        if let Some((state, _)) = self.acts.get(content.act).takeover {
            self.takeovers.entry(state).or_default().push(row);
        }
        self.touch(Some(row), position, event, content);
    }

    /// Notes what a row that came, or went, can affect.
    fn touch(&mut self, row: Option<u32>, position: Position, event: EventId, content: Content) {
        let known = self.acts.get(content.act);
        for (number, _) in &known.touches {
            if let Some(relation) = self.relations.get_mut(*number as usize) {
                match row {
                    Some(row) => relation.rows.push(row),
                    None => relation.stir(position),
                }
                relation.touch(content.earliest, position);
            }
            if let Some(touched) = &mut self.touched {
                touched.relations.entry(*number).or_default().insert(event);
            }
        }
        if let Some((state, _)) = known.takeover {
            self.take_over(position, event, state);
        }
    }

    /// A change of authority reaches every relation of the state, from the first day on which it
    /// makes a difference.
    fn take_over(&mut self, position: Position, event: EventId, state: Party) {
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
                relation.stir(position);
                relation.touch(from, position);
            }
        }
    }

    /// Who governed a state, by what was believed at a position; now, without one.
    pub(crate) fn regime_at(&self, state: Party, known: Option<Position>) -> Regime {
        let rows = self.takeovers.get(&state).into_iter().flatten();
        let believed = rows.filter(|row| self.rows.believed(**row, known.unwrap_or(self.head)));
        Regime::new(
            believed
                .filter_map(|row| {
                    let held = self.rows.get(*row);
                    let content = held.content();
                    let (_, authority) = self.acts.get(content.act).takeover?;
                    (!content.silent).then_some(Takeover {
                        day: content.earliest,
                        event: held.event,
                        authority,
                    })
                })
                .collect(),
        )
    }
}

/// What a row says, as an event's dossier keeps it.
pub(crate) fn original(acts: &Acts, content: Content) -> Original {
    Original {
        act: Act::clone(&acts.get(content.act).act),
        earliest: content.earliest,
        latest: content.latest,
        report: Said {
            voice: content.voice,
            grade: content.grade,
        },
    }
}
