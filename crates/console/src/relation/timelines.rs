//! What the pictures of a conduct are drawn from: its steps, its events, and its numbers by day.

use std::collections::{BTreeMap, BTreeSet};

use detente_api::request::{ParamValue as _, Topic};
use detente_api::view::{ChangeView, EventView, labels};
use detente_chronicle::{Point, Position};
use detente_domain::day::Day;
use detente_domain::dimension::{Dimension, Weighed};
use detente_domain::state::State;
use detente_feed::Error;
use detente_read_model::course::{self, Tail};
use maud::{Markup, html};
use uuid::Uuid;

use super::Conducts;
use super::registers::Titles;
use super::samples::{axis, day, first_day, inexact_bounds, limit, sample, sampled};
use crate::ask::Ask;
use crate::cite::Cite;
use crate::dates;
use crate::picture::{self, Axis, Barred, Mark, Row, Sample, Segment, Span};

/// The most steps that are drawn.
const STEPS_MAX: usize = 3_000;
/// The most events that are drawn.
const EVENTS_MAX: usize = 250;
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
    days: Vec<State>,
    titles: BTreeMap<Uuid, String>,
    /// The bounds of the dates of events that are not exact.
    inexact: BTreeMap<Uuid, (Day, Day)>,
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
        let inexact = events.items.iter().filter_map(|event| {
            let bounds = inexact_bounds(event)?;
            Some((event.event.id?, bounds))
        });
        Ok(Self {
            axis,
            inexact: inexact.collect(),
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
        if dimensions.len() > 1 && !self.events.items.is_empty() {
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
        let segments = segments.flat_map(|(step, until)| self.segments(ask, step, until));
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

    /// Returns the segments of a step: it is uncertain while its cause may still be to come.
    fn segments(&self, ask: &Ask, step: &ChangeView, until: Day) -> Vec<Segment> {
        let whole = segment(ask, step, until);
        let Some(certain) = self.certain_from(step).filter(|_| !whole.uncertain) else {
            return vec![whole];
        };
        let soft = Segment {
            until: certain.min(until),
            uncertain: true,
            ..whole.clone()
        };
        let firm = Segment {
            from: certain,
            late: false,
            ..whole
        };
        let mut segments = vec![soft];
        segments.extend((certain < until).then_some(firm));
        segments
    }

    /// Returns the first day after all on which the cause of a step may have been, if the day of the
    /// step is one of several.
    fn certain_from(&self, step: &ChangeView) -> Option<Day> {
        let (day, causes) = (day(&step.day), step.causes.iter());
        let bounds = causes.filter_map(|cause| self.inexact.get(cause));
        let bounds = bounds.filter(|(first, last)| (*first..=*last).contains(&day));
        bounds.map(|(_, last)| last.next()).max()
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
                .unwrap_or_else(|| dates::in_words(step.sentence().text(ask.lang), ask.texts)),
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
            let limit = |day: &State| limit(day, dimension, is_ceiling);
            let runs = self.days.chunk_by(|one, other| limit(one) == limit(other));
            let runs: Vec<_> = runs.filter_map(|run| run.first()).collect();
            let ends = runs.iter().skip(1).map(|day| day.at).chain([Day::MAX]);
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
                    from: first.at,
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
    let mut title = dates::in_words(step.sentence().text(ask.lang), ask.texts);
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
