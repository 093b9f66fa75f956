//! Where levels end, the ladders, and the marks.

use detente_api::view::labels;
use detente_domain::dimension::{Dimension, Weighed};
use detente_domain::level::Bound;
use detente_domain::rulebook::Rulebook;
use maud::{Markup, html};

use super::number::decimal;
use crate::ask::Ask;
use crate::level;

/// Writes the thresholds of indices and of threat.
pub(super) fn levels(ask: &Ask, rules: &Rulebook) -> Markup {
    let texts = ask.texts;
    let threat = Dimension::Weighed(Weighed::Threat);
    html! {
        p { (texts.say("method-index-text")) }
        p.formula dir="ltr" { "10 · (W − S) / (W + S + c)" }
        p { (texts.say("method-formula-text")) }
        (thresholds(ask, Dimension::Posture, &rules.levels, "method-index"))
        p { (texts.say("method-threat-text")) }
        (thresholds(ask, threat, &rules.threat, "method-strain"))
        p { (texts.say("method-rises")) }
        h3 { (texts.say("method-marks")) }
        ul.plain {
            li { b { "↑" } " " (texts.say("turn-up")) " · " b { "↓" } " " (texts.say("turn-down")) }
            li { b { "▪" } " " (texts.say("legend-band")) }
            li { span.swatch.stale {} " " (labels::STALE.text(ask.lang)) ": " (texts.say("method-stale-text")) }
            li { span.swatch.disputed {} " " (labels::DISPUTED.text(ask.lang)) ": " (texts.say("legend-disputed")) }
            li { b { "?" } " " (texts.say("legend-unknown")) }
            li { span.flag { (labels::PRESUMED.text(ask.lang)) } " " (texts.say("method-presumed-text")) }
            li { span.flag { (labels::UNCERTAIN.text(ask.lang)) } " " (texts.say("method-uncertain-text")) }
            li { span.flag { (labels::MIXED.text(ask.lang)) } " " (texts.with("method-mixed", [("mixed", decimal(rules.mixed).into())])) }
            li { (texts.say("legend-age")) }
        }
    }
}

/// Writes a table of levels, from the lowest: each with the value from which it holds.
fn thresholds(ask: &Ask, dimension: Dimension, bounds: &[Bound], label: &str) -> Markup {
    let texts = ask.texts;
    let lowest: [Option<&Bound>; 1] = [None];
    let from = lowest.into_iter().chain(bounds.iter().map(Some));
    let to = bounds.iter().map(Some).chain(lowest);
    html! {
        div.scroll tabindex="0" role="region" aria-label=(texts.say(label)) {
            table.list {
                caption { (texts.say(label)) }
                thead { tr { @for key in ["method-mark", "method-level", "method-from", "method-below", "method-into", "method-out"] { th scope="col" { (texts.say(key)) } } } }
                tbody {
                    @for ((word, from), to) in level::words(dimension).into_iter().zip(from).zip(to) {
                        tr {
                            td class={ "mark " (level::classes(dimension, word)) } { (level::mark(dimension, word)) }
                            th scope="row" { (level::word(dimension, word, ask.lang)) " " code { (word) } }
                            td dir="ltr" { (value(from.map(|bound| bound.at))) }
                            td dir="ltr" { (value(to.map(|bound| bound.at))) }
                            td dir="ltr" { (value(from.map(|bound| bound.at + bound.margin_up))) }
                            td dir="ltr" { (value(from.map(|bound| bound.at - bound.margin_down))) }
                        }
                    }
                }
            }
        }
    }
}

fn value(value: Option<i64>) -> String {
    value.map_or_else(|| "–".to_owned(), decimal)
}

/// Writes the rungs of recognition, of what is declared, and of representation.
pub(super) fn ladders(ask: &Ask, rules: &Rulebook) -> Markup {
    let texts = ask.texts;
    let ladders = [
        Dimension::Recognition,
        Dimension::Declared,
        Dimension::Representation,
    ];
    html! {
        p { (texts.with("method-ladders-text", [("grade", rules.ladder.to_string().into())])) }
        @for dimension in ladders {
            h3 { (labels::dimension(dimension).text(ask.lang)) }
            div.scroll tabindex="0" role="region" aria-label=(labels::dimension(dimension).text(ask.lang)) {
                table.list {
                    thead { tr { @for key in ["method-mark", "method-level", "method-means"] { th scope="col" { (texts.say(key)) } } } }
                    tbody {
                        @for word in level::words(dimension) {
                            tr {
                                td class={ "mark " (level::classes(dimension, word)) } { (level::mark(dimension, word)) }
                                th scope="row" { (level::word(dimension, word, ask.lang)) " " code { (word) } }
                                td.text { (texts.say(&format!("rung-{}-{}", dimension.as_str(), word.replace('_', "-")))) }
                            }
                        }
                    }
                }
            }
        }
    }
}
