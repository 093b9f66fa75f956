//! A cell of the board: the level of one dimension, with what is known of it.

use std::borrow::Cow;
use std::cmp::Ordering;

use detente_api::view::localized::figure;
use detente_api::view::{BandView, BasisView, Decimal1, UNKNOWN, labels};
use detente_domain::dimension::{Dimension, Weighed};
use detente_domain::kind::Kind;
use detente_read_model::board::BoardRow;
use maud::{Markup, html};

use crate::ask::Ask;
use crate::{dates, level};

/// What a cell shows.
pub(crate) struct Cell<'r> {
    pub(super) dimension: Dimension,
    /// The word of the level.
    pub(crate) level: &'r str,
    /// The index, or the strain of a threat.
    pub(super) index: Option<Decimal1>,
    before: Option<&'static str>,
    pub(crate) since: Option<&'r str>,
    last_evidence: Option<&'r str>,
    pub(crate) stale_days: Option<i32>,
    events: Option<usize>,
    band: Option<&'r BandView>,
    pub(crate) stale: bool,
    pub(crate) disputed: bool,
    uncertain: bool,
    presumed: bool,
}

impl<'r> Cell<'r> {
    /// Returns the cell of a dimension.
    pub(crate) fn new(row: &'r BoardRow, dimension: Dimension) -> Self {
        let view = &row.view;
        let of = |level, since: &'r Option<String>, basis: &'r BasisView| Self {
            dimension,
            level,
            index: None,
            before: row
                .before
                .iter()
                .find(|(other, _)| *other == dimension)
                .map(|(_, before)| *before),
            since: since.as_deref(),
            last_evidence: None,
            stale_days: None,
            events: Some(basis.evidence_count),
            band: None,
            stale: false,
            disputed: basis.disputed,
            uncertain: basis.uncertain,
            presumed: false,
        };
        match dimension {
            Dimension::Recognition => {
                let recognition = &view.recognition;
                Self {
                    presumed: recognition.presumed,
                    ..of(
                        recognition.level.as_str(),
                        &recognition.since,
                        &recognition.basis,
                    )
                }
            }
            Dimension::Declared => Self {
                events: None,
                disputed: false,
                uncertain: false,
                ..of(
                    view.recognition.declared.as_str(),
                    &None,
                    &view.recognition.basis,
                )
            },
            Dimension::Representation => {
                let representation = &view.representation;
                of(
                    representation.level.as_str(),
                    &representation.since,
                    &representation.basis,
                )
            }
            Dimension::Weighed(Weighed::Threat) => {
                let threat = &view.threat;
                Self {
                    index: threat.strain,
                    last_evidence: threat.last_evidence.as_deref(),
                    stale_days: threat.stale_days,
                    stale: threat.stale,
                    ..of(threat.level.as_str(), &threat.since, &threat.basis)
                }
            }
            Dimension::Posture => {
                let posture = &view.posture;
                Self {
                    index: posture.index,
                    events: None,
                    band: Some(&posture.band),
                    stale: posture.stale,
                    disputed: posture.disputed,
                    uncertain: false,
                    ..of(
                        posture.level.as_str(),
                        &posture.since,
                        &view.recognition.basis,
                    )
                }
            }
            Dimension::Weighed(weighed) => match view.weighed(weighed) {
                Some(view) => Self {
                    index: view.index,
                    last_evidence: view.last_evidence.as_deref(),
                    stale_days: view.stale_days,
                    band: Some(&view.band),
                    stale: view.stale,
                    ..of(view.level.as_str(), &view.since, &view.basis)
                },
                None => of(UNKNOWN, &None, &view.recognition.basis),
            },
        }
    }

    /// Returns true if the level is known.
    pub(super) fn is_known(&self) -> bool {
        self.level != UNKNOWN
    }

    /// Returns the direction of the last change: `up` or `down`; `None` if the level never changed
    /// from a known one.
    pub(super) fn turn(&self) -> Option<&'static str> {
        let [now, before] =
            [Some(self.level), self.before].map(|word| level::place(self.dimension, word?));
        match now?.place.cmp(&before?.place) {
            Ordering::Greater => Some("up"),
            Ordering::Less => Some("down"),
            Ordering::Equal => None,
        }
    }

    /// Returns the kind of event that limits the level, if the level is at the limit.
    pub(super) fn binding(&self) -> Option<&str> {
        let band = self.band?;
        let limits = [band.ceiling.as_ref(), band.floor.as_ref()]
            .into_iter()
            .flatten();
        let mut binding = limits.filter(|limit| limit.level.as_str() == self.level);
        binding.next().map(|limit| &*limit.kind)
    }

    /// Writes the cell, which leads to the reasons; that of what is not known is a word alone. There may
    /// be thousands, so each is short: the style sheet shows the description on hover and focus.
    pub(super) fn render(&self, ask: &Ask, relation: &str, clocks: &str) -> Markup {
        let dimension = self.dimension.as_str();
        let word = level::word(self.dimension, self.level, ask.lang);
        if !self.is_known() {
            // Most cells of a large board. One without a class shows a question mark for the word.
            return html! { td { (word) } };
        }
        html! {
            td class=(self.classes()) {
                a href={ (relation) "/why/" (dimension) (clocks) } aria-description=(self.about(ask)) {
                    b { (level::mark(self.dimension, self.level)) } " " (word)
                    @match self.turn() { Some("up") => "\u{a0}↑", Some(_) => "\u{a0}↓", None => {} }
                    @if self.binding().is_some() { "\u{a0}▪" }
                }
            }
        }
    }

    fn classes(&self) -> String {
        let all = level::classes(self.dimension, self.level);
        // The place alone, such as `index-3`.
        let mut classes = all.rsplit(' ').next().unwrap_or_default().to_owned();
        let marks = [
            level::age(self.stale_days),
            self.stale.then_some("stale"),
            self.disputed.then_some("disputed"),
            self.presumed.then_some("presumed"),
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
        if let Some(index) = self.index {
            let key = if self.dimension == Dimension::Weighed(Weighed::Threat) {
                "cell-strain"
            } else {
                "cell-index"
            };
            let value = figure(&index.to_string(), ask.lang);
            lines.push(texts.with(key, [("value", value.into())]));
        }
        let flags = [
            (self.stale, labels::STALE),
            (self.disputed, labels::DISPUTED),
            (self.uncertain, labels::UNCERTAIN),
            (self.presumed, labels::PRESUMED),
        ];
        let flags = flags.into_iter().filter(|(is_set, _)| *is_set);
        lines.extend(flags.map(|(_, label)| label.text(ask.lang).into()));
        if let Some(since) = self.since {
            lines.push(texts.with("cell-since", [("date", date(since))]));
        }
        if let Some(events) = self.events.filter(|events| *events > 0) {
            let events = texts.with("cell-events", [("count", events.into())]);
            let last = self.last_evidence.filter(|last| self.since != Some(last));
            lines.push(match last {
                Some(last) => texts.with(
                    "cell-last",
                    [("events", events.into()), ("date", date(last))],
                ),
                None => events,
            });
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
