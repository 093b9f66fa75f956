//! Publishers: how much the log has from each, counted as its commits are applied.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use detente_chronicle::Position;
use detente_domain::day::Day;
use detente_domain::event::{EventId, EventSkim, Report};
use detente_domain::grade::Grade;
use detente_domain::publisher::Publisher;
use detente_domain::record::Body;
use detente_feed::Error;

use crate::archive::Archive;
use crate::source::ReadSource;
use crate::turns::in_turns;

/// The most publishers that are counted by themselves, and the most spellings that are remembered.
const PUBLISHERS_MAX: usize = 65_536;
/// The most names of a publisher that are kept.
const NAMES_MAX: usize = 6;

/// What the log has from a publisher. What was retracted later is counted too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublisherCounts {
    /// The publisher.
    pub publisher: Publisher,
    /// The first few names with which the log has it.
    pub names: Vec<String>,
    /// The events that it was the first to report.
    pub reports: u64,
    /// Its further reports of events.
    pub corroborations: u64,
    /// Its reports that deny or contradict an event.
    pub denials: u64,
    /// Its reports that correct an event.
    pub corrections: u64,
    /// The number of its reports with each grade.
    pub grades: BTreeMap<Grade, u64>,
    /// The first day of the events that it was the first to report; open if there are none.
    pub earliest: Day,
    /// The last day of those.
    pub latest: Day,
    /// Those of them that are disputed now.
    pub disputed: u64,
}

/// The publishers of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishersView {
    /// The position up to which the log was counted.
    pub known_at: u64,
    /// Those with the most reports, the first of them first.
    pub publishers: Vec<PublisherCounts>,
    /// The number of all publishers.
    pub total: usize,
}

/// The counts of all publishers.
#[derive(Debug, Default)]
pub(crate) struct Publishers {
    all: Vec<PublisherCounts>,
    /// By name as the log has it, so that each is resolved once.
    by_name: HashMap<Box<[u8]>, usize>,
    by_publisher: HashMap<Publisher, usize>,
    /// The events that any report denies.
    denied: BTreeSet<EventId>,
}

impl Publishers {
    /// Counts a first report.
    pub(crate) fn reported(&mut self, report: &EventSkim<&[u8]>) {
        self.first(
            report.publisher,
            report.grade,
            [report.earliest, report.latest],
        );
    }

    /// Counts the report of a record.
    pub(crate) fn count(&mut self, body: &Body) {
        match body {
            Body::Reported(event) => self.first(
                event.report.publisher.as_bytes(),
                event.report.grade,
                [event.occurred.earliest(), event.occurred.latest()],
            ),
            Body::Corroborated { report, .. } => self.further(report, |of| &mut of.corroborations),
            Body::Corrected { report, .. } => self.further(report, |of| &mut of.corrections),
            Body::Disputed { event, report, .. } => {
                self.denied.insert(*event);
                self.further(report, |of| &mut of.denials);
            }
            Body::Retracted { .. }
            | Body::Linked { .. }
            | Body::Unlinked { .. }
            | Body::Tick { .. } => {}
        }
    }

    fn first(&mut self, name: &[u8], grade: Grade, [earliest, latest]: [Day; 2]) {
        if let Some(of) = self.of(name) {
            of.reports += 1;
            *of.grades.entry(grade).or_default() += 1;
            of.earliest = of.earliest.min(earliest);
            of.latest = of.latest.max(latest);
        }
    }

    fn further(&mut self, report: &Report, which: impl Fn(&mut PublisherCounts) -> &mut u64) {
        if let Some(of) = self.of(report.publisher.as_bytes()) {
            *which(of) += 1;
            *of.grades.entry(report.grade).or_default() += 1;
        }
    }

    /// Returns the counts of the publisher with a name; `None` for a new one if there are too many.
    fn of(&mut self, name: &[u8]) -> Option<&mut PublisherCounts> {
        let place = match self.by_name.get(name) {
            Some(place) => *place,
            None => self.resolve(name)?,
        };
        self.all.get_mut(place)
    }

    fn resolve(&mut self, name: &[u8]) -> Option<usize> {
        let text = String::from_utf8_lossy(name);
        let publisher = Publisher::resolve(&text);
        let known = self.by_publisher.get(&publisher).copied();
        let place = known.unwrap_or(self.all.len());
        if known.is_none() {
            if place >= PUBLISHERS_MAX {
                return None;
            }
            self.by_publisher.insert(publisher.clone(), place);
            self.all.push(PublisherCounts::new(publisher));
        }
        if self.by_name.len() < PUBLISHERS_MAX {
            self.by_name.insert(name.into(), place);
            let names = &mut self.all.get_mut(place)?.names;
            if names.len() < NAMES_MAX {
                names.push(text.into_owned());
            }
        }
        Some(place)
    }

    /// Returns the name with which the log has a publisher first.
    pub(crate) fn name<'p>(&'p self, publisher: &'p Publisher) -> &'p str {
        let place = self.by_publisher.get(publisher);
        let names = place.and_then(|place| Some(&self.all.get(*place)?.names));
        let first = names.and_then(|names| names.first());
        first.map_or_else(|| publisher.name(), String::as_str)
    }

    /// Returns the publishers with the most reports.
    fn first_of(&self, most: usize) -> Vec<PublisherCounts> {
        let mut order: Vec<&PublisherCounts> = self.all.iter().collect();
        order.sort_by(|one, other| {
            let rank = |of: &PublisherCounts| std::cmp::Reverse(of.total());
            (rank(one), &one.publisher).cmp(&(rank(other), &other.publisher))
        });
        order.into_iter().take(most).cloned().collect()
    }
}

impl PublisherCounts {
    const fn new(publisher: Publisher) -> Self {
        Self {
            publisher,
            names: Vec::new(),
            reports: 0,
            corroborations: 0,
            denials: 0,
            corrections: 0,
            grades: BTreeMap::new(),
            earliest: Day::MAX,
            latest: Day::MIN,
            disputed: 0,
        }
    }

    /// Returns the number of all of its reports.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.reports + self.corroborations + self.denials + self.corrections
    }
}

/// Returns the publishers of the log with the most reports, at most some.
///
/// # Errors
/// A refusal if the log is not folded yet.
pub async fn publishers<S: ReadSource>(source: &S, most: usize) -> Result<PublishersView, Error> {
    let known_at = source.head(0).await?;
    let counts = move |archive: &mut Archive| {
        let publishers = archive.publishers();
        let denied: Vec<EventId> = publishers.denied.iter().copied().collect();
        (publishers.first_of(most), publishers.all.len(), denied)
    };
    let (mut publishers, total, denied) = source.with_archive(counts).await;
    let disputed = move |archive: &mut Archive, event: EventId| {
        let chronicle = archive.chronicle();
        let publisher = chronicle.disputed_publisher(event, Position(known_at));
        Some(publisher.cloned())
    };
    let mut by_publisher: HashMap<Publisher, u64> = HashMap::new();
    for publisher in in_turns(source, denied, disputed)
        .await
        .into_iter()
        .flatten()
    {
        *by_publisher.entry(publisher).or_default() += 1;
    }
    for of in &mut publishers {
        of.disputed = by_publisher.get(&of.publisher).copied().unwrap_or_default();
    }
    Ok(PublishersView {
        known_at,
        publishers,
        total,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grade(text: &str) -> Grade {
        Grade::parse(text).unwrap()
    }

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn names_of_one_publisher_are_counted_together() {
        let mut publishers = Publishers::default();
        let days = ["2022-03-01", "2022-03-04", "2021-01-01"].map(day);
        publishers.first(b"TASS", grade("B2"), [days[0], days[1]]);
        publishers.first(b"RIA Novosti", grade("C3"), [days[2], days[2]]);
        publishers.first("صحيفة".as_bytes(), grade("B2"), [days[0], days[0]]);
        publishers.first(b"TASS", grade("B2"), [days[0], days[0]]);
        let all = publishers.first_of(10);
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].names, ["TASS", "RIA Novosti"]);
        assert_eq!((all[0].reports, all[0].total()), (3, 3));
        assert_eq!((all[0].earliest, all[0].latest), (days[2], days[1]));
        let grades: Vec<(String, u64)> = all[0]
            .grades
            .iter()
            .map(|(grade, count)| (grade.to_string(), *count))
            .collect();
        assert_eq!(grades, [("B2".to_owned(), 2), ("C3".to_owned(), 1)]);
        assert_eq!(all[1].names, ["صحيفة"]);
        assert_eq!(publishers.first_of(1).len(), 1);
    }

    #[test]
    fn publishers_beyond_the_most_are_not_counted() {
        let mut publishers = Publishers::default();
        let day = day("2022-03-01");
        for number in 0..PUBLISHERS_MAX + 10 {
            let name = format!("paper {number}");
            publishers.first(name.as_bytes(), grade("B2"), [day, day]);
        }
        assert_eq!(publishers.all.len(), PUBLISHERS_MAX);
        publishers.first(b"paper 1", grade("B2"), [day, day]);
        assert_eq!(publishers.first_of(1)[0].reports, 2);
    }
}
