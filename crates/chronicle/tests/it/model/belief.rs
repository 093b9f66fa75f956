//! The content of events, computed from a list of records.

use detente_domain::day::Day;
use detente_domain::details::Field;
use detente_domain::edtf::Edtf;
use detente_domain::event::{Act, Event, EventId};
use detente_domain::fold::why::ExclusionReason;
use detente_domain::grade::Grade;
use detente_domain::party::Party;
use detente_domain::publisher::Publisher;
use detente_domain::record::{Body, CorrectionRank, Patch, Record, RecordId};
use detente_domain::rulebook::Rulebook;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// The content of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) act: Act,
    pub(crate) earliest: Day,
    pub(crate) latest: Day,
    pub(crate) grade: Grade,
    pub(crate) disputed: bool,
    /// True if it is retracted, or represented by a linked event.
    pub(crate) hidden: bool,
}

/// A correction: its rank, its new values and its grade.
type Correction<'a> = (CorrectionRank, &'a Patch, Grade);

/// Records without ticks; of each id only the first.
pub(crate) struct Belief<'a> {
    records: BTreeMap<RecordId, &'a Record>,
    rules: &'a Rulebook,
}

impl<'a> Belief<'a> {
    pub(crate) fn new(log: impl Iterator<Item = &'a Record>, rules: &'a Rulebook) -> Self {
        let mut records = BTreeMap::new();
        for record in log {
            if !matches!(record.body, Body::Tick { .. }) {
                records.entry(record.id).or_insert(record);
            }
        }
        Self { records, rules }
    }

    pub(crate) fn events(&self) -> impl Iterator<Item = EventId> {
        let reported = |record: &&&Record| matches!(record.body, Body::Reported(_));
        self.records
            .values()
            .filter(reported)
            .map(|record| EventId(record.id.0))
    }

    /// Returns an event as it was first reported.
    pub(crate) fn event(&self, event: EventId) -> Option<&'a Event> {
        match &self.records.get(&event.into())?.body {
            Body::Reported(event) => Some(event),
            _ => None,
        }
    }

    /// Returns the retractions of a record that are not in a cycle, in order of ids.
    fn retractions(&self, target: RecordId) -> impl Iterator<Item = RecordId> {
        let of = move |record: &&&Record| self.target(record.id) == Some(target);
        let found = self.records.values().filter(of).map(|record| record.id);
        found.filter(|by| self.ends(*by))
    }

    fn target(&self, by: RecordId) -> Option<RecordId> {
        match self.records.get(&by)?.body {
            Body::Retracted { record, .. } => Some(record),
            _ => None,
        }
    }

    fn ends(&self, mut by: RecordId) -> bool {
        for _ in 0..=self.records.len() {
            match self.target(by) {
                Some(target) => by = target,
                None => return true,
            }
        }
        false
    }

    fn in_force(&self, record: RecordId) -> bool {
        !self.retractions(record).any(|by| self.in_force(by))
    }

    fn counts(&self, event: EventId) -> bool {
        self.event(event).is_some() && self.in_force(event.into())
    }

    /// Returns the amendments of an event that are in force.
    fn amendments(&self, event: EventId) -> impl Iterator<Item = &'a Record> {
        let about = move |record: &&&Record| match record.body {
            Body::Corroborated { event: of, .. }
            | Body::Disputed { event: of, .. }
            | Body::Corrected { event: of, .. } => of == event,
            _ => false,
        };
        let found = self.records.values().filter(about).copied();
        found.filter(|record| self.in_force(record.id))
    }

    /// Returns the events linked with an event, itself included.
    pub(crate) fn group(&self, event: EventId) -> BTreeSet<EventId> {
        let mut group = BTreeSet::from([event]);
        loop {
            let before = group.len();
            for record in self.records.values() {
                if let Body::Linked { one, other } = record.body
                    && self.in_force(record.id)
                    && !self.is_cut(one, other)
                    && (group.contains(&one) || group.contains(&other))
                {
                    group.extend([one, other]);
                }
            }
            if group.len() == before {
                return group;
            }
        }
    }

    fn is_cut(&self, one: EventId, other: EventId) -> bool {
        self.records.values().any(|record| match record.body {
            Body::Unlinked { one: a, other: b } => {
                [(a, b), (b, a)].contains(&(one, other)) && self.in_force(record.id)
            }
            _ => false,
        })
    }

    /// Returns true if any record links it.
    pub(crate) fn was_linked(&self, event: EventId) -> bool {
        self.records.values().any(|record| match record.body {
            Body::Linked { one, other } => event == one || event == other,
            _ => false,
        })
    }

    /// Returns the event that represents a group.
    fn representative(&self, event: EventId) -> Option<EventId> {
        self.group(event).into_iter().find(|one| self.counts(*one))
    }

    /// Returns the reason why an event is hidden.
    pub(crate) fn exclusion(&self, event: EventId) -> Option<ExclusionReason> {
        if let Some(by) = self.retractions(event.into()).find(|by| self.in_force(*by)) {
            return Some(ExclusionReason::Retracted { by });
        }
        let by = self.representative(event)?;
        (by != event).then_some(ExclusionReason::Linked { by })
    }

    pub(crate) fn content(&self, event: EventId) -> Option<Content> {
        let reported = self.event(event)?;
        let first = Content {
            act: reported.act.clone(),
            earliest: reported.occurred.earliest(),
            latest: reported.occurred.latest(),
            grade: self.grade(&[event], reported.report.grade),
            disputed: false,
            hidden: true,
        };
        if self.exclusion(event).is_some() {
            let grade = reported.report.grade;
            return Some(Content { grade, ..first });
        }
        let group: Vec<EventId> = self.group(event).into_iter().collect();
        let corrections = self.corrections(event, reported);
        let (earliest, latest) = self.date(reported, &corrections);
        let patches: Vec<&Patch> = corrections.iter().map(|(_, patch, _)| *patch).collect();
        Some(Content {
            act: corrected(&first.act, &patches),
            earliest,
            latest,
            grade: self.grade(&group, first.grade),
            disputed: !self.denials(&self.group(event)).is_empty(),
            hidden: false,
        })
    }

    /// Returns the corrections with an effect, the best last.
    fn corrections(&self, event: EventId, reported: &Event) -> Vec<Correction<'a>> {
        let weight = |grade| self.rules.grade_weight(grade);
        let own = self.reports(&[event]).into_iter();
        let best = own.map(|(_, grade)| weight(grade)).max();
        let best = best.unwrap_or(weight(reported.report.grade));
        let first = Publisher::resolve(&reported.report.publisher);
        let mut corrections: Vec<Correction<'a>> = Vec::new();
        for record in self.amendments(event) {
            if let Body::Corrected { patch, report, .. } = &record.body {
                let same = Publisher::resolve(&report.publisher) == first;
                if same || weight(report.grade) >= best {
                    let rank = CorrectionRank::new(report, record.id);
                    corrections.push((rank, patch, report.grade));
                }
            }
        }
        corrections.sort_by_key(|(rank, ..)| *rank);
        corrections
    }

    /// Returns the first and the last day of an event with corrections.
    fn date(&self, reported: &Event, corrections: &[Correction<'a>]) -> (Day, Day) {
        let days = |date: &Edtf| (date.earliest(), date.latest());
        let mut held = (days(&reported.occurred), reported.report.grade);
        for (_, patch, grade) in corrections {
            let Some(given) = patch.occurred.as_ref().map(days) else {
                continue;
            };
            let (earliest, latest) = held.0;
            let is_coarser = given != held.0 && given.0 <= earliest && latest <= given.1;
            let equal = self.rules.grade_weight(*grade) == self.rules.grade_weight(held.1);
            if !(is_coarser && equal) {
                held = (given, *grade);
            }
        }
        held.0
    }

    /// Returns the denials of an event or of one linked with it, with their grades.
    fn denials(&self, group: &BTreeSet<EventId>) -> Vec<(Option<Party>, Grade)> {
        let counted = group.iter().filter(|one| self.counts(**one));
        let amendments = counted.flat_map(|one| self.amendments(*one));
        amendments
            .filter_map(|record| match &record.body {
                Body::Disputed { by, report, .. } => Some((*by, report.grade)),
                _ => None,
            })
            .collect()
    }

    /// Returns the thousandths of an event's weight that denials take away.
    pub(crate) fn denied(&self, event: EventId, act: &Act) -> u32 {
        let group = self.group(event);
        let members: Vec<EventId> = group.iter().copied().collect();
        let weight = |grade| self.rules.grade_weight(grade);
        let reports = self.reports(&members).into_iter();
        let Some(best) = reports.map(|(_, grade)| weight(grade)).max() else {
            return 0;
        };
        let mut strongest = 0;
        for (by, grade) in self.denials(&group) {
            let mut taken = u64::from(1000 - self.rules.disputed);
            if weight(grade) < best {
                taken = taken * weight(grade) / best;
            }
            let mut accused = act.actors.clone();
            if let Some(from) = act.details.party(Field::From)
                && act.kind.is_threat()
            {
                accused.retain(|actor| actor.state().is_none());
                accused.push(from);
            }
            let accused = accused.iter().any(|actor| {
                let state = by.and_then(Party::state);
                Some(*actor) == by || state.is_some() && actor.state() == state
            });
            if accused {
                taken = taken * u64::from(self.rules.accused) / 1000;
            }
            strongest = strongest.max(taken);
        }
        u32::try_from(strongest).unwrap_or(1000)
    }

    /// Returns the parties that deny an event or one linked with it.
    pub(crate) fn denied_by(&self, event: EventId) -> Vec<Party> {
        let denials = self.denials(&self.group(event)).into_iter();
        let by: BTreeSet<Party> = denials.filter_map(|(by, _)| by).collect();
        by.into_iter().collect()
    }

    /// Returns the reports of events that count.
    fn reports(&self, group: &[EventId]) -> Vec<(Publisher, Grade)> {
        let mut reports: Vec<(Publisher, Grade)> = Vec::new();
        for event in group.iter().filter(|one| self.counts(**one)) {
            let first = self.event(*event).map(|event| &event.report);
            let further = self
                .amendments(*event)
                .filter_map(|record| match &record.body {
                    Body::Corroborated { report, .. } => Some(report),
                    _ => None,
                });
            for report in first.into_iter().chain(further) {
                reports.push((Publisher::resolve(&report.publisher), report.grade));
            }
        }
        reports
    }

    /// Returns the grade of the best report, raised by further publishers.
    fn grade(&self, group: &[EventId], alone: Grade) -> Grade {
        let reports = self.reports(group);
        let rule = &self.rules.corroboration;
        let vouching: BTreeSet<&Publisher> = reports
            .iter()
            .filter(|(_, grade)| grade.reaches(rule.counts))
            .map(|(publisher, _)| publisher)
            .collect();
        let weight = |grade: &Grade| (self.rules.grade_weight(*grade), Reverse(*grade));
        let best = reports.iter().map(|(_, grade)| *grade).max_by_key(weight);
        best.map_or(alone, |best| rule.raised(best, vouching.len()))
    }
}

fn corrected(act: &Act, patches: &[&Patch]) -> Act {
    let mut all = act.clone();
    let mut valid = act.clone();
    for patch in patches {
        all = patch.applied(&all);
        let next = patch.applied(&valid);
        if next.check().is_ok() {
            valid = next;
        }
    }
    if all.check().is_ok() || act.check().is_err() {
        all
    } else {
        valid
    }
}
