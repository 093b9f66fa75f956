//! The two clocks of a page: as it was on a day, as known at a position of the log.
//!
//! Without the script they are two fields; with it, also two sliders and a player, which load the
//! page at each point.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use detente_chronicle::{Chronicle, Position};
use detente_domain::day::Day;
use detente_domain::party::Party;
use detente_domain::relations::Pair;
use detente_feed::Error;
use detente_read_model::ReadSource as _;
use detente_read_model::archive::Archive;
use maud::{Markup, html};

use crate::ask::Ask;
use crate::dates;
use crate::link::CLOCKS;

/// The days of a step of the player, as choices.
const STEPS: [u16; 4] = [1, 7, 30, 90];
/// The time for which one page looks for the first day of the whole log.
const TURN: Duration = Duration::from_millis(5);

/// The point that a page shows, and what it may be moved to.
#[derive(Clone, Debug)]
pub(crate) struct ClockBar {
    /// The day.
    at: String,
    /// The position up to which the log was known.
    known_at: u64,
    /// The UTC day on which that was recorded.
    recorded: Option<Day>,
    /// The first day with an event of what the page shows.
    first: Option<Day>,
    /// The last position of the log.
    head: u64,
    /// The present day.
    today: Day,
}

/// The first day with an event of the whole log, as far as it was looked through.
#[derive(Clone, Debug, Default)]
pub(crate) struct FirstDay(Arc<Mutex<(usize, Option<Day>)>>);

/// Whose events the slider of days begins with.
#[derive(Clone, Copy, Debug)]
enum Shown {
    Relation(Pair),
    Country(Party),
    All,
}

impl ClockBar {
    /// Creates the clocks of a view. The slider of days begins with the events of the relation or the
    /// country of the path, or else of the whole log.
    pub(crate) async fn of(ask: &Ask, at: &str, known_at: u64) -> Result<Self, Error> {
        Self::shown(ask, Shown::of(ask), at, known_at).await
    }

    /// Creates the clocks of a view of what concerns a country.
    pub(crate) async fn of_country(
        ask: &Ask,
        country: Party,
        at: &str,
        known_at: u64,
    ) -> Result<Self, Error> {
        Self::shown(ask, Shown::Country(country), at, known_at).await
    }

    async fn shown(ask: &Ask, shown: Shown, at: &str, known_at: u64) -> Result<Self, Error> {
        let whole = ask.site.first.clone();
        let look = move |archive: &mut Archive| {
            let chronicle = archive.chronicle();
            let first = shown.first_day(chronicle, Position(known_at), &whole);
            (first, archive.recorded(known_at))
        };
        let (first, recorded) = ask.model.with_archive(look).await;
        Ok(Self {
            at: at.to_owned(),
            known_at,
            recorded,
            first,
            head: ask.model.head(0).await?,
            today: ask.model.today(),
        })
    }

    /// Writes the form that moves them.
    pub(crate) fn render(&self, ask: &Ask) -> Markup {
        let texts = ask.texts;
        let [at, known] = CLOCKS.map(|name| ask.get(name).ok().flatten());
        let is_live = at.is_none() && known.is_none();
        html! {
            form.clocks aria-label=(texts.say("clock-bar")) method="get" action=(ask.path) data-today=(self.today) data-head=(self.head) {
                @for (name, value) in ask.params.pairs().filter(|(name, _)| !CLOCKS.contains(name)) {
                    input type="hidden" name=(name) value=(value);
                }
                label {
                    span { (texts.say("clock-at")) }
                    input type="date" name="at" value=(self.at);
                }
                (self.days(ask))
                label {
                    span { (texts.say("clock-known")) }
                    input type="text" name="known_at" value=(known.unwrap_or_default())
                        placeholder=(self.head) dir="ltr" autocomplete="off" size="12";
                }
                label.slide data-script hidden {
                    span { (texts.say("clock-known-slide")) }
                    input type="range" data-clock="known_at" min="0" max=(self.head) value=(self.known_at) autocomplete="off";
                }
                button { (texts.say("clock-show")) }
                (player(ask))
                a.live href=(ask.here(&[("at", ""), ("known_at", "")]))
                    aria-current=[is_live.then_some("true")] { (texts.say("clock-live")) }
                output { (self.point(ask)) }
            }
        }
    }

    /// Writes the slider of days, which counts them from the first day.
    fn days(&self, ask: &Ask) -> Markup {
        let at = Day::parse(&self.at).unwrap_or(self.today);
        let first = self.first.map_or(at, |first| first.min(at)).min(self.today);
        let last = self.today.max(at);
        html! {
            label.slide data-script hidden {
                span { (ask.texts.say("clock-at-slide")) }
                input type="range" data-clock="at" data-first=(first) min="0" max=(last.since(first)) value=(at.since(first))
                    aria-valuetext=(dates::words(&self.at, ask.texts)) autocomplete="off";
            }
        }
    }

    /// Returns the point in words.
    fn point(&self, ask: &Ask) -> String {
        let texts = ask.texts;
        let point = texts.with(
            "clock-point",
            [
                ("at", dates::words(&self.at, texts).into()),
                ("known", self.known_at.to_string().into()),
                ("head", self.head.to_string().into()),
            ],
        );
        let Some(recorded) = self.recorded else {
            return point.into_owned();
        };
        let day = dates::words(&recorded.to_string(), texts);
        let recorded = texts.with("clock-recorded", [("day", day.into())]);
        format!("{point} {recorded}")
    }
}

fn player(ask: &Ask) -> Markup {
    let texts = ask.texts;
    html! {
        span.player data-script hidden {
            button type="button" data-play aria-pressed="false" { (texts.say("clock-play")) }
            select data-step aria-label=(texts.say("clock-step")) {
                @for step in STEPS {
                    option value=(step) selected[step == 7] { (texts.with("clock-days", [("count", step.into())])) }
                }
            }
        }
    }
}

impl Shown {
    fn of(ask: &Ask) -> Self {
        let segment = |name| Party::resolve(ask.params.segment(name));
        match (segment("from"), segment("to"), segment("country")) {
            (Some(from), Some(to), _) => Pair::new(from, to).map_or(Self::All, Self::Relation),
            (_, _, Some(country)) => Self::Country(country),
            _ => Self::All,
        }
    }

    /// Returns the first day with an event, as known at a position; `None` if there is none.
    fn first_day(self, chronicle: &Chronicle, known: Position, whole: &FirstDay) -> Option<Day> {
        let of = |pair| {
            let events = chronicle.events_of(pair, Some(known)).into_iter();
            let mut days = events.filter_map(|event| chronicle.event(event, Some(known)));
            days.find_map(|event| (!event.earliest.is_open()).then_some(event.earliest))
        };
        match self {
            Self::Relation(pair) => of(pair),
            Self::Country(country) => chronicle.pairs_of(country).into_iter().filter_map(of).min(),
            Self::All => whole.look(chronicle),
        }
    }
}

impl FirstDay {
    /// Goes on through the log for a moment. Returns the first day so far: of a long log it is right
    /// after a few pages.
    fn look(&self, chronicle: &Chronicle) -> Option<Day> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (seen, first) = &mut *state;
        let until = Instant::now() + TURN;
        for (event, _) in chronicle.events().skip(*seen) {
            *seen += 1;
            let event = chronicle.event(event, None);
            let day = event
                .map(|event| event.earliest)
                .filter(|day| !day.is_open());
            *first = (*first).into_iter().chain(day).min();
            if Instant::now() >= until {
                break;
            }
        }
        *first
    }
}
