//! What differs between two points of the two clocks.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use detente_domain::day::Day;
use detente_domain::dimension::Dimension;
use detente_domain::edtf::canonical;
use detente_domain::event::EventId;
use detente_domain::fold::{Difference, Standing};
use detente_domain::kind::Kind;
use detente_domain::party::Lang;
use detente_domain::routes::{Direction, Pair};
use detente_domain::state::{EntryKey, Occasion, Subject};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::line::plain;
use super::{
    ABSENT, EventView, LineView, Tenths, UNKNOWN, Word, borrowed, civil, code, entry, labels,
};
use crate::json::DetailForm;

/// What differs between two points, split by what happened and what was learned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct DiffView {
    /// Whose conduct.
    pub from: Word,
    /// Towards whom.
    pub to: Word,
    /// The point that the comparison begins at.
    pub before: PointView,
    /// The point that it ends at.
    pub after: PointView,
    /// The projection that judged both.
    pub projection: String,
    /// What was learned of the day of `before`, from its belief to that of `after`.
    pub learned: Vec<DifferenceView>,
    /// What happened, or lapsed, from the day of `before` to that of `after`, as `after` has it.
    pub happened: Vec<DifferenceView>,
}

/// A point of both clocks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PointView {
    /// The day.
    pub at: String,
    /// The position of the log.
    pub known_at: u64,
}

/// What differs of one dimension, or of one entry of a register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct DifferenceView {
    /// A dimension, `declared`, `posture` or a register.
    pub dimension: Word,
    /// The details that name a register's entry; null for a dimension.
    pub key: Option<BTreeMap<Word, DetailForm>>,
    /// Whose act the entry is, where it is one side's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Word>,
    /// `learned`, `happened` or `lapsed`.
    pub occasion: Word,
    /// How it stood.
    pub from: StandsView,
    /// How it stands.
    pub to: StandsView,
    /// The day since which it stands so.
    pub since: Option<String>,
    /// The events that moved it; none where time alone did.
    pub causes: Vec<CauseView>,
    /// How many there are in all.
    pub cause_count: usize,
    /// Why it stands so now, in one line.
    pub line: LineView,
}

/// How a dimension or an entry stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct StandsView {
    /// A level or status, `unknown`, or `absent` for an entry.
    pub level: Word,
    /// The index, or of threat the strain; null for what has neither.
    pub number: Option<Tenths>,
    /// The same in thousandths.
    pub number_milli: Option<i64>,
    /// The authority that holds a mission.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub controlled_by: Option<Word>,
    /// The day is within the bounds of an imprecise date that it rests on.
    pub uncertain: bool,
    /// It rests on a disputed event.
    pub disputed: bool,
}

/// An event that moved something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CauseView {
    /// The event.
    pub event: Uuid,
    /// Its kind.
    pub kind: Word,
    /// What its kind is called.
    pub label: LineView,
    /// Its date, in EDTF.
    pub occurred: String,
    /// It was retracted, or another event tells it.
    pub silent: bool,
    /// The position since which it is taken for what it is.
    pub settled: u64,
    /// Days from the day on which it was so to the day on which that was recorded.
    pub lag_days: Option<i32>,
    /// Its title, by language.
    #[serde(default)]
    pub title: BTreeMap<String, String>,
}

/// An event as a cause, as it is believed at the end of the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caused {
    /// Its kind.
    pub kind: Kind,
    /// The first day on which it may have been so.
    pub earliest: Day,
    /// The last.
    pub latest: Day,
    /// It was retracted, or another event tells it.
    pub silent: bool,
    /// The position since which it is taken for what it is.
    pub settled: u64,
    /// The UTC day on which that commit was recorded.
    pub recorded: Option<Day>,
}

/// Causes by their ids.
pub type Causes = BTreeMap<EventId, Caused>;

/// The most causes that one difference lists.
const CAUSES_MAX: usize = 100;

impl DiffView {
    /// Every event that is a cause.
    pub fn causes(&self) -> impl Iterator<Item = Uuid> {
        let all = self.learned.iter().chain(&self.happened);
        all.flat_map(|one| one.causes.iter().map(|cause| cause.event))
    }

    /// Fills in the titles of events.
    pub fn resolve(&mut self, views: &[EventView]) {
        let titles: BTreeMap<Uuid, &BTreeMap<String, String>> = views
            .iter()
            .filter_map(|view| Some((view.event.id?, &view.event.title)))
            .collect();
        let all = self.learned.iter_mut().chain(&mut self.happened);
        for cause in all.flat_map(|one| &mut one.causes) {
            if let Some(title) = titles.get(&cause.event) {
                cause.title.clone_from(title);
            }
        }
    }
}

impl PointView {
    /// The view of a point.
    #[must_use]
    pub fn of(at: Day, known_at: u64) -> Self {
        Self {
            at: at.to_string(),
            known_at,
        }
    }
}

impl DifferenceView {
    /// The view of a difference. `line` says why a dimension stands as it does; an entry's line is
    /// made here.
    #[must_use]
    pub fn of(
        difference: &Difference,
        pair: Pair,
        causes: &Causes,
        line: Option<LineView>,
    ) -> Self {
        let (dimension, key, by, nothing) = match &difference.subject {
            Subject::Conduct(_, dimension) => (dimension.as_str(), None, None, UNKNOWN),
            Subject::Entry(key) => {
                let by = key.by.map(|by: Direction| code(pair.ends(by).0));
                (key.register.as_str(), Some(entry::key(key)), by, ABSENT)
            }
        };
        let listed = difference.causes.iter().take(CAUSES_MAX);
        let listed: Vec<CauseView> = listed
            .filter_map(|event| Some(CauseView::of(*event, causes.get(event)?)))
            .collect();
        let line = match &difference.subject {
            Subject::Entry(key) => entry_line(key, difference, listed.first()),
            Subject::Conduct(..) => line.unwrap_or_else(|| LineView {
                en: String::new(),
                ar: String::new(),
            }),
        };
        Self {
            dimension: borrowed(dimension),
            key,
            by,
            occasion: borrowed(difference.occasion.as_str()),
            from: StandsView::of(&difference.from, nothing),
            to: StandsView::of(&difference.to, nothing),
            since: civil(difference.day),
            causes: listed,
            cause_count: difference.causes.len(),
            line,
        }
    }

    /// Whether another level, status or holder is shown, and not another number alone.
    #[must_use]
    pub fn is_of_level(&self) -> bool {
        let shown = |end: &StandsView| {
            let flags = (end.uncertain, end.disputed);
            (end.level.clone(), end.controlled_by.clone(), flags)
        };
        shown(&self.from) != shown(&self.to)
    }
}

impl StandsView {
    fn of(standing: &Standing, nothing: &'static str) -> Self {
        let held = standing.held;
        Self {
            level: borrowed(held.map_or(nothing, |held| held.word)),
            number: standing.number.map(Tenths::from_thousandths),
            number_milli: standing.number,
            controlled_by: held.and_then(|held| held.controlled_by).map(code),
            uncertain: held.is_some_and(|held| held.uncertain),
            disputed: standing.disputed,
        }
    }
}

impl CauseView {
    fn of(event: EventId, caused: &Caused) -> Self {
        let civil = caused.recorded.filter(|day| !day.is_open());
        let civil = civil.filter(|_| !caused.earliest.is_open());
        Self {
            event: event.0,
            kind: borrowed(caused.kind.code()),
            label: LineView {
                en: caused.kind.label_en().to_owned(),
                ar: caused.kind.label_ar().to_owned(),
            },
            occurred: canonical(caused.earliest, caused.latest),
            silent: caused.silent,
            settled: caused.settled,
            lag_days: civil.map(|day| day.since(caused.earliest)),
            title: BTreeMap::new(),
        }
    }
}

/// How an entry moved and because of what, in one line.
fn entry_line(key: &EntryKey, difference: &Difference, cause: Option<&CauseView>) -> LineView {
    let label = labels::register(key.register);
    let fields: Vec<String> = key
        .fields
        .iter()
        .map(|(_, value)| match DetailForm::from(value) {
            DetailForm::Text(text) => text,
            DetailForm::Count(count) => count.to_string(),
        })
        .collect();
    let named = if fields.is_empty() {
        String::new()
    } else {
        format!(" ({})", fields.join(", "))
    };
    let word = |standing: &Standing| standing.held.map_or(ABSENT, |held| held.word);
    let holder = |lang| {
        let held = difference.to.held.and_then(|held| held.controlled_by);
        held.map(|party| party.name(lang))
    };
    let (from, to) = (word(&difference.from), word(&difference.to));
    let arabic = |word: &'static str| labels::as_str(None::<Dimension>, word).to_owned();
    let mut line = LineView {
        en: format!("{}{named}: {}, before {}", label.en, plain(to), plain(from)),
        ar: format!(
            "{}{named}: {}، وقبل ذلك: {}",
            label.ar,
            arabic(to),
            arabic(from)
        ),
    };
    if let (Some(en), Some(ar)) = (holder(Lang::En), holder(Lang::Ar)) {
        let _ = write!(line.en, ", held by {en}");
        let _ = write!(line.ar, "، بيد: {ar}");
    }
    match cause {
        Some(cause) => {
            let (label, date) = (&cause.label, &cause.occurred);
            let _ = write!(line.en, ", by {}, {date}.", label.en);
            let _ = write!(line.ar, "، السبب: {}، \u{200e}{date}\u{200e}.", label.ar);
        }
        None if difference.occasion == Occasion::Lapsed => {
            line.en.push_str(", by time alone.");
            line.ar.push_str("، بمضي الوقت وحده.");
        }
        None => {
            line.en.push('.');
            line.ar.push('.');
        }
    }
    line
}
