//! What the pictures of a conduct are drawn from: its steps, its events, and its numbers by day.

use std::collections::{BTreeMap, BTreeSet};

use detente_api::request::{ParamValue as _, Topic};
use detente_api::view::{ChangeView, EventView, labels};
use detente_chronicle::{Point, Position};
use detente_domain::day::Day;
use detente_domain::dimension::{Dimension, Weighed};
use detente_domain::edtf::Edtf;
use detente_domain::state::{Band, Limit};
use detente_feed::Error;
use detente_read_model::course::{self, CourseDay, Tail};
use maud::{Markup, html};
use uuid::Uuid;

use super::Conducts;
use super::registers::Titles;
use crate::ask::Ask;
use crate::cite::Cite;
use crate::dates;
use crate::picture::{self, Axis, Barred, Mark, Row, Sample, Segment, Span};

/// The most steps that are drawn.
const STEPS_MAX: usize = 3_000;
/// The most events that are drawn.
const EVENTS_MAX: usize = 250;
/// The days of which the numbers are read, at most.
const DAYS_MAX: usize = 150;
/// The days after which a step counts as recorded late.
const LATE: i32 = 30;

/// The dimensions that have numbers.
pub(crate) const WITH_NUMBERS: [Dimension; 7] = [
    Dimension::Posture,
    Dimension::Weighed(Weighed::Political),
    Dimension::Weighed(Weighed::Security),
    Dimension::Weighed(Weighed::Economic),
    Dimension::Weighed(Weighed::Humanitarian),
    Dimension::Weighed(Weighed::Societal),
    Dimension::Weighed(Weighed::Threat),
];

/// The course of a conduct.
pub(crate) struct Timelines {
    /// The time that is drawn.
    pub(crate) axis: Axis,
    /// The newest steps.
    pub(crate) steps: Tail<ChangeView>,
    /// The newest events of the relation.
    pub(crate) events: Tail<EventView>,
    days: Vec<CourseDay>,
    titles: BTreeMap<Uuid, String>,
    path: String,
}

/// Returns the time that pictures show.
pub(crate) fn chosen_span(ask: &Ask) -> Result<Span, Error> {
    let Some(text) = ask.get("span")? else {
        return Ok(Span::default());
    };
    Span::parse(text).ok_or_else(|| {
        let refusal =
            detente_api::Refusal::new(detente_api::Code::BadQuery, "a span is none of these");
        let refusal = refusal.field("span").value(text);
        refusal.allowed(Span::ALL.map(Span::as_str)).into()
    })
}

/// Parses the word of a dimension.
pub(crate) fn parse_dimension(text: &str) -> Result<Dimension, Error> {
    Ok(Dimension::parse_param("dimension", text)?)
}

/// Returns the dimension whose index is drawn.
pub(crate) fn chosen_dimension(ask: &Ask) -> Result<Dimension, Error> {
    let Some(text) = ask.get("index")? else {
        return Ok(Dimension::Posture);
    };
    let chosen = WITH_NUMBERS
        .into_iter()
        .find(|dimension| dimension.as_str() == text);
    chosen.ok_or_else(|| {
        let refusal = detente_api::Refusal::new(detente_api::Code::BadQuery, "it has no index");
        let refusal = refusal.field("index").value(text);
        refusal.allowed(WITH_NUMBERS.map(Dimension::as_str)).into()
    })
}

impl Timelines {
    /// Reads the course of a conduct up to the point of its page: of one dimension, or of all and the
    /// registers.
    pub(crate) async fn read(
        ask: &Ask,
        conducts: &Conducts,
        dimension: Option<Dimension>,
        span: Span,
    ) -> Result<Self, Error> {
        let (model, relation) = (&ask.model, conducts.relation);
        let point = Point {
            at: Day::parse(&conducts.own.at).unwrap_or(Day::MAX),
            known: Position(conducts.own.known_at),
        };
        let topic = dimension.map(Topic::Dimension);
        let steps = course::steps(model, relation, topic, point, STEPS_MAX).await;
        let events = course::events(model, relation, point, EVENTS_MAX).await?;
        let axis = axis(&steps.items, &events.items, point.at, span);
        let days = sampled(&steps.items, &events.items, axis);
        let days = course::days(model, relation, days, point).await;
        let titles = events.items.iter().filter_map(|event| {
            let cite = Cite::from(event);
            let date = dates::words(&event.event.occurred, ask.texts);
            Some((event.event.id?, format!("{date}: {}", cite.text(ask))))
        });
        Ok(Self {
            axis,
            titles: titles.collect(),
            steps,
            events,
            days,
            path: conducts.path(),
        })
    }

    /// Returns true if nothing is known of the conduct.
    pub(crate) fn is_empty(&self) -> bool {
        self.steps.items.is_empty() && self.events.items.is_empty()
    }

    /// Returns the dates and titles of the events that were read.
    pub(crate) fn titles(&self) -> Titles<'_> {
        let titles = self.titles.iter();
        titles.map(|(id, title)| (*id, title.as_str())).collect()
    }

    /// Draws the steps of some dimensions, and the events below.
    pub(crate) fn draw(&self, ask: &Ask, id: &str, name: &str, dimensions: &[Dimension]) -> Markup {
        let rows = dimensions.iter().map(|dimension| self.row(ask, *dimension));
        // A dimension that was never known has no row.
        let known = |row: &Row| {
            row.segments
                .iter()
                .any(|segment| segment.word != detente_api::view::UNKNOWN)
        };
        let mut rows: Vec<Row> = rows.filter(known).collect();
        if dimensions.len() > 1 {
            rows.push(self.events_row(ask));
        }
        picture::timeline(ask.texts, id, name, self.axis, &rows)
    }

    fn row(&self, ask: &Ask, dimension: Dimension) -> Row {
        let steps: Vec<&ChangeView> = self
            .steps
            .items
            .iter()
            .filter(|step| step.dimension.0 == Topic::Dimension(dimension))
            .collect();
        let nexts = steps.iter().skip(1).map(|step| day(&step.day));
        let nexts = nexts.chain([Day::MAX]);
        let segments = steps.iter().zip(nexts);
        let segments = segments.map(|(step, until)| segment(ask, step, until));
        let why = format!("{}/why/{}", self.path, dimension.as_str());
        Row {
            dimension: Some(dimension),
            level: steps.last().map_or_else(
                || detente_api::view::UNKNOWN.to_owned(),
                |step| step.to.clone().into_owned(),
            ),
            segments: segments.collect(),
            barred: self.barred(ask, dimension),
            marks: self.causes(ask, &steps),
            href: Some(ask.href(&why, &[])),
        }
    }

    /// Returns the causes of steps, each once.
    fn causes(&self, ask: &Ask, steps: &[&ChangeView]) -> Vec<Mark> {
        let mut seen = BTreeSet::new();
        let causes = steps
            .iter()
            .flat_map(|step| step.causes.iter().map(move |cause| (step, cause)));
        let new = causes.filter(|(_, cause)| seen.insert(**cause));
        new.map(|(step, cause)| Mark {
            day: day(&step.day),
            href: ask.href(&format!("events/{cause}"), &[]),
            title: self
                .titles
                .get(cause)
                .cloned()
                .unwrap_or_else(|| step.sentence().text(ask.lang).to_owned()),
            disputed: step.disputes.iter().any(|dispute| dispute.event == *cause),
        })
        .collect()
    }

    /// Returns the row of all events.
    fn events_row(&self, ask: &Ask) -> Row {
        let marks = self.events.items.iter().filter_map(|event| {
            let id = event.event.id?;
            Some(Mark {
                day: first_day(event)?,
                href: ask.href(&format!("events/{id}"), &[]),
                title: self.titles.get(&id).cloned().unwrap_or_default(),
                disputed: event.disputed,
            })
        });
        Row {
            dimension: None,
            level: String::new(),
            segments: Vec::new(),
            barred: Vec::new(),
            marks: marks.collect(),
            href: None,
        }
    }

    /// Returns the limits of a dimension over time.
    fn barred(&self, ask: &Ask, dimension: Dimension) -> Vec<Barred> {
        let mut barred = Vec::new();
        for is_ceiling in [true, false] {
            let limit = |day: &CourseDay| limit(day, dimension, is_ceiling);
            let runs = self.days.chunk_by(|one, other| limit(one) == limit(other));
            let runs: Vec<_> = runs.filter_map(|run| run.first()).collect();
            let ends = runs
                .iter()
                .skip(1)
                .map(|day| day.state.at)
                .chain([Day::MAX]);
            for (first, until) in runs.iter().zip(ends) {
                let Some(limit) = limit(first) else { continue };
                let label = if is_ceiling {
                    labels::CEILING
                } else {
                    labels::FLOOR
                };
                let level =
                    labels::word(Topic::Dimension(dimension), limit.level.as_str(), ask.lang);
                barred.push(Barred {
                    from: first.state.at,
                    until,
                    word: limit.level.as_str().to_owned(),
                    is_ceiling,
                    title: format!(
                        "{}: {level} ({})",
                        label.text(ask.lang),
                        limit.kind.label(ask.lang)
                    ),
                });
            }
        }
        barred
    }

    /// Returns the numbers of a dimension by day.
    pub(crate) fn samples(&self, dimension: Dimension) -> Vec<Sample> {
        let days = self.days.iter();
        days.map(|day| sample(day, dimension)).collect()
    }

    /// Says what is not drawn.
    pub(crate) fn note(&self, ask: &Ask) -> Markup {
        let lists = [
            (
                self.steps.items.len(),
                self.steps.total,
                "picture-cut-steps",
            ),
            (
                self.events.items.len(),
                self.events.total,
                "picture-cut-events",
            ),
        ];
        html! {
            @for (shown, total, key) in lists {
                @if shown < total {
                    p.count { (ask.texts.with(key, [("shown", shown.into()), ("total", total.into())])) }
                }
            }
        }
    }
}

/// Explains the marks of the pictures.
pub(crate) fn legend(ask: &Ask) -> Markup {
    html! {
        details.legend {
            summary { (ask.texts.say("picture-legend")) }
            ul {
                @for key in ["line", "soft", "stale", "barred", "late", "tick", "sampled"] {
                    li { (ask.texts.say(&format!("picture-legend-{key}"))) }
                }
            }
        }
    }
}

fn segment(ask: &Ask, step: &ChangeView, until: Day) -> Segment {
    let late = step
        .lag_days
        .filter(|lag| *lag >= LATE && !step.causes.is_empty());
    let mut title = step.sentence().text(ask.lang).to_owned();
    if let Some(days) = late {
        title.push_str(" · ");
        title.push_str(&ask.texts.with("picture-late", [("count", days.into())]));
    }
    Segment {
        from: day(&step.day),
        until,
        word: step.to.clone().into_owned(),
        uncertain: step.uncertain,
        stale: step.stale,
        late: late.is_some(),
        title,
    }
}

/// Returns the day of a step; the open beginning has no civil one.
fn day(text: &str) -> Day {
    Day::parse(text).unwrap_or(Day::MIN)
}

fn first_day(event: &EventView) -> Option<Day> {
    let edtf = Edtf::parse(&event.event.occurred).ok()?;
    let day = if edtf.earliest().is_open() {
        edtf.latest()
    } else {
        edtf.earliest()
    };
    Some(day).filter(|day| !day.is_open())
}

/// Returns the time that is drawn: from the first thing known, but not more than was asked for.
fn axis(steps: &[ChangeView], events: &[EventView], last: Day, span: Span) -> Axis {
    let steps = steps.iter().map(|step| day(&step.day));
    let days = steps.chain(events.iter().filter_map(first_day));
    let known = days.filter(|day| !day.is_open()).min();
    let known = known.unwrap_or(last).min(last);
    // The first step is not at the edge.
    let known = known.plus(-last.since(known) / 50 - 1);
    let first = span.first(last).map_or(known, |first| first.max(known));
    Axis { first, last }
}

/// Chooses the days of which the numbers are read: where something happens, and the ends of months.
fn sampled(steps: &[ChangeView], events: &[EventView], axis: Axis) -> Vec<Day> {
    let steps = steps.iter().map(|step| day(&step.day));
    let moved: BTreeSet<Day> = steps.chain(events.iter().filter_map(first_day)).collect();
    // The day before shows that the change is a jump.
    let moved = moved.into_iter().flat_map(|day| [day.prev(), day]);
    let within = |day: &Day| axis.first <= *day && *day <= axis.last;
    let moved = thinned(moved.filter(within).collect(), DAYS_MAX * 2 / 3);
    let regular = i32::try_from(DAYS_MAX - moved.len().min(DAYS_MAX))
        .unwrap_or(1)
        .max(1);
    let step = axis.days().div_euclid(regular).saturating_add(1).max(30);
    let step = usize::try_from(step).unwrap_or(30);
    let regular = (0..axis.days())
        .step_by(step)
        .map(|days| axis.first.plus(days));
    let mut days: BTreeSet<Day> = moved.into_iter().chain(regular).collect();
    days.insert(axis.last);
    days.into_iter().collect()
}

/// Leaves out days, evenly, until there are at most so many.
fn thinned(days: BTreeSet<Day>, most: usize) -> Vec<Day> {
    let step = days.len().div_ceil(most.max(1)).max(1);
    days.into_iter().rev().step_by(step).collect()
}

fn limit(day: &CourseDay, dimension: Dimension, is_ceiling: bool) -> Option<Limit> {
    let band: Band = match dimension {
        Dimension::Posture => day.state.posture.band,
        Dimension::Weighed(weighed) => day.state.weighed.get(weighed.index())?.band,
        Dimension::Recognition | Dimension::Declared | Dimension::Representation => return None,
    };
    if is_ceiling { band.ceiling } else { band.floor }
}

fn sample(day: &CourseDay, dimension: Dimension) -> Sample {
    let state = &day.state;
    let nothing = Sample {
        day: state.at,
        index: None,
        masses: None,
    };
    match dimension {
        Dimension::Posture => Sample {
            index: state.posture.level.map(|_| state.posture.index),
            masses: day.pooled.map(|pooled| (pooled.warmth, pooled.strain)),
            ..nothing
        },
        Dimension::Weighed(weighed) => {
            let Some(weighed) = state.weighed.get(weighed.index()) else {
                return nothing;
            };
            let is_known = weighed.level.is_some() || weighed.threat.is_some();
            Sample {
                index: weighed.level.map(|_| weighed.index),
                masses: is_known.then_some((weighed.warmth, weighed.strain)),
                ..nothing
            }
        }
        Dimension::Recognition | Dimension::Declared | Dimension::Representation => nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis() -> Axis {
        Axis {
            first: Day::new(10_000),
            last: Day::new(20_000),
        }
    }

    #[test]
    fn however_much_happens_few_days_are_read_and_the_last_is_among_them() {
        let days = sampled(&[], &[], axis());
        assert!(days.len() <= DAYS_MAX + 1, "{}", days.len());
        assert_eq!(days.last(), Some(&axis().last));
        let many: BTreeSet<Day> = (0..5_000).map(|day| Day::new(10_000 + day)).collect();
        assert!(thinned(many, 100).len() <= 100);
    }

    #[test]
    fn the_time_begins_with_what_is_known_but_not_before_what_is_asked_for() {
        let last = Day::new(20_000);
        assert_eq!(super::axis(&[], &[], last, Span::All).last, last);
        assert!(super::axis(&[], &[], last, Span::All).first < last);
    }
}
