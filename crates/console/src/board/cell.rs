//! A cell of the board: the level of one dimension, with what is known of it.

use std::borrow::Cow;
use std::cmp::Ordering;

use detente_api::view::localized::figure;
use detente_api::view::{UNKNOWN, labels};
use detente_domain::dimension::{Dimension, Weighed};
use detente_domain::kind::Kind;
use detente_read_model::board::BoardRow;
use maud::{Markup, html};

use crate::ask::Ask;
use crate::facts::Facts;
use crate::{dates, level};

/// What a cell shows.
pub(crate) struct Cell<'r> {
    pub(super) dimension: Dimension,
    before: Option<&'static str>,
    /// The publishers of its evidence.
    sources: &'r [String],
    /// What is known.
    pub(crate) facts: Facts<'r>,
}

impl<'r> Cell<'r> {
    /// Returns the cell of a dimension.
    pub(crate) fn new(row: &'r BoardRow, dimension: Dimension) -> Self {
        let before = row.before.iter().find(|(other, _)| *other == dimension);
        let sources = row.sources.iter().find(|(other, _)| *other == dimension);
        Self {
            dimension,
            before: before.map(|(_, before)| *before),
            sources: sources
                .map(|(_, names)| names.as_slice())
                .unwrap_or_default(),
            facts: Facts::new(&row.view, dimension),
        }
    }

    /// Returns true if the level is known.
    pub(super) fn is_known(&self) -> bool {
        self.facts.level != UNKNOWN
    }

    /// Returns the direction of the last change: `up` or `down`; `None` if the level never changed
    /// from a known one.
    pub(super) fn turn(&self) -> Option<&'static str> {
        let [now, before] =
            [Some(self.facts.level), self.before].map(|word| level::place(self.dimension, word?));
        match now?.place.cmp(&before?.place) {
            Ordering::Greater => Some("up"),
            Ordering::Less => Some("down"),
            Ordering::Equal => None,
        }
    }

    /// Returns the kind of event that limits the level, if the level is at the limit.
    pub(super) fn binding(&self) -> Option<&str> {
        let mut binding = self.facts.binding();
        binding.next().map(|(_, limit)| &*limit.kind)
    }

    /// Writes the cell, which leads to the reasons; that of what is not known is a word alone. There may
    /// be thousands, so each is short: the style sheet shows the description on hover and focus.
    pub(super) fn render(&self, ask: &Ask, relation: &str, clocks: &str) -> Markup {
        let dimension = self.dimension.as_str();
        let word = level::word(self.dimension, self.facts.level, ask.lang);
        if !self.is_known() {
            // Most cells of a large board. One without a class shows a question mark for the word.
            return html! { td { (word) } };
        }
        html! {
            td class=(self.classes()) {
                a href={ (relation) "/why/" (dimension) (clocks) } aria-description=(self.about(ask)) {
                    b { (level::mark(self.dimension, self.facts.level)) } " " (word)
                    @match self.turn() { Some("up") => "\u{a0}↑", Some(_) => "\u{a0}↓", None => {} }
                    @if self.binding().is_some() { "\u{a0}▪" }
                }
            }
        }
    }

    fn classes(&self) -> String {
        let all = level::classes(self.dimension, self.facts.level);
        // The place alone, such as `index-3`.
        let mut classes = all.rsplit(' ').next().unwrap_or_default().to_owned();
        let marks = [
            level::age(self.facts.stale_days),
            self.facts.stale.then_some("stale"),
            self.facts.disputed.then_some("disputed"),
            self.facts.presumed.then_some("presumed"),
        ];
        for class in marks.into_iter().flatten() {
            classes.push(' ');
            classes.push_str(class);
        }
        classes
    }

    /// Returns what is known of the level, a line for each; not what the cell says by itself.
    fn about(&self, ask: &Ask) -> String {
        let texts = ask.texts;
        let date = |date: &str| dates::words(date, texts).into();
        let mut lines: Vec<Cow<'_, str>> = Vec::new();
        if let Some(index) = self.facts.figure() {
            let key = if self.dimension == Dimension::Weighed(Weighed::Threat) {
                "cell-strain"
            } else {
                "cell-index"
            };
            let value = figure(&index.to_string(), ask.lang);
            lines.push(texts.with(key, [("value", value.into())]));
        }
        let flags = self.facts.flags();
        lines.extend(flags.map(|label| label.text(ask.lang).into()));
        if let Some(since) = self.facts.since {
            lines.push(texts.with("cell-since", [("date", date(since))]));
        }
        if let Some(events) = self.facts.events.filter(|events| *events > 0) {
            let events = texts.with("cell-events", [("count", events.into())]);
            let last = self
                .facts
                .last_evidence
                .filter(|last| self.facts.since != Some(last));
            lines.push(match last {
                Some(last) => texts.with(
                    "cell-last",
                    [("events", events.into()), ("date", date(last))],
                ),
                None => events,
            });
        }
        if !self.sources.is_empty() {
            let names = self.sources.join(" · ");
            lines.push(texts.with("cell-sources", [("names", names.into())]));
        }
        if let Some(kind) = self.binding() {
            lines.push(texts.with("cell-band", [("kind", kind_label(ask, kind).into())]));
        }
        lines.join("\n")
    }
}

fn kind_label(ask: &Ask, kind: &str) -> String {
    Kind::parse(kind).map_or_else(|| kind.to_owned(), |kind| kind.label(ask.lang).to_owned())
}

/// Writes what the marks mean.
pub(super) fn legend(ask: &Ask) -> Markup {
    let texts = ask.texts;
    let scale = |dimension: Dimension| {
        html! {
            div {
                dt { (labels::heading(dimension).text(ask.lang)) }
                @for word in level::words(dimension) {
                    dd class=(level::classes(dimension, word)) {
                        span.mark { (level::mark(dimension, word)) } " " (level::word(dimension, word, ask.lang))
                    }
                }
            }
        }
    };
    html! {
        details.legend {
            summary { (texts.say("legend")) }
            dl {
                (scale(Dimension::Posture))
                (scale(Dimension::Recognition))
                (scale(Dimension::Declared))
                (scale(Dimension::Representation))
                (scale(Dimension::Weighed(Weighed::Threat)))
            }
            ul {
                li { span.turn.up { "↑" } " " (texts.say("turn-up")) " · " span.turn.down { "↓" } " " (texts.say("turn-down")) }
                li { span.band { "▪" } " " (texts.say("legend-band")) }
                li { span.swatch.stale {} " " (texts.say("legend-stale")) }
                li { span.swatch.disputed {} " " (texts.say("legend-disputed")) }
                li { span.mark { "?" } " " (texts.say("legend-unknown")) }
                li { (texts.say("legend-age")) }
            }
        }
    }
}
