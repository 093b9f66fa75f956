//! Standing: what the reports of an event, and of those that are one with it, come to.

use crate::chronicle::Chronicle;
use crate::rows::Position;
use crate::voices::VoiceId;
use detente_domain::event::EventId;
use detente_domain::grade::Grade;
use detente_domain::rulebook::Rulebook;
use std::collections::BTreeSet;

/// A report, as far as the fold cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) voice: VoiceId,
    pub(crate) grade: Grade,
}

/// What reports come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The grade of the best-weighted report.
    pub(crate) reported: Grade,
    /// The same, raised as the rulebook says.
    pub(crate) grade: Grade,
    /// Independent publishers.
    pub(crate) publishers: usize,
    /// Those of a grade that counts.
    pub(crate) vouching: usize,
}

impl Standing {
    /// What reports come to, in any order; `None` without any.
    pub(crate) fn of(reports: &[Said], rules: &Rulebook) -> Option<Self> {
        let grades = reports.iter().map(|said| said.grade);
        let reported = grades.reduce(|one, other| better(one, other, rules))?;
        let voices = |said: &Said| said.voice;
        let all: BTreeSet<VoiceId> = reports.iter().map(voices).collect();
        let counts = |said: &&Said| rules.corroboration.vouches(said.grade);
        let vouching: BTreeSet<VoiceId> = reports.iter().filter(counts).map(voices).collect();
        Some(Self {
            reported,
            grade: rules.corroboration.raised(reported, vouching.len()),
            publishers: all.len(),
            vouching: vouching.len(),
        })
    }
}

/// The grade that weighs more; of two that weigh the same, the one nearer to A1.
fn better(one: Grade, other: Grade, rules: &Rulebook) -> Grade {
    let rank = |grade: Grade| (rules.grade_weight(grade), std::cmp::Reverse(grade));
    if rank(other) > rank(one) { other } else { one }
}

impl Chronicle {
    /// What the reports of an event come to, with those of the events that are one with it, by
    /// what was known at a position. Of an event that was taken back: what its own first report
    /// came to.
    pub(crate) fn standing(&self, event: EventId, first: Said, known: Position) -> Standing {
        let counted = if self.dossiers.contains_key(&event) {
            let group = self.links.group(event, &self.retractions, known);
            let reports: Vec<Said> = group
                .iter()
                .flat_map(|member| self.reports(*member, known))
                .collect();
            Standing::of(&reports, &self.rules)
        } else {
            None
        };
        counted
            .or_else(|| Standing::of(&[first], &self.rules))
            .unwrap_or(Standing {
                reported: first.grade,
                grade: first.grade,
                publishers: 0,
                vouching: 0,
            })
    }

    fn reports(&self, event: EventId, known: Position) -> Vec<Said> {
        let row = self.rows.first(event).map(|row| self.rows.get(row));
        let dossier = self.dossiers.get(&event);
        match (row, dossier) {
            (Some(row), Some(dossier)) if row.position() <= known => {
                dossier.reports(event, &self.retractions, known)
            }
            _ => Vec::new(),
        }
    }
}
