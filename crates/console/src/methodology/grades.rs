//! On whose word: grades, corroboration and disputes.

use detente_domain::grade::Grade;
use detente_domain::rulebook::Rulebook;
use maud::{Markup, html};

use super::number::{decimal, percent};
use crate::ask::Ask;

/// The letters of sources, from the best.
const LETTERS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

/// Writes the weights of grades, and what further publishers and denials change.
pub(super) fn grades(ask: &Ask, rules: &Rulebook) -> Markup {
    let texts = ask.texts;
    let corroboration = &rules.corroboration;
    html! {
        p { (texts.say("method-grades-text")) }
        div.scroll tabindex="0" role="region" aria-label=(texts.say("method-grades")) {
            table.list.weights {
                thead { tr {
                    th scope="col" { (texts.say("method-source")) }
                    @for digit in 1..=6 { th scope="col" { (digit) " " span.soft { (texts.say(&format!("digit-{digit}"))) } } }
                } }
                tbody {
                    @for (source, letter) in (0..6).zip(LETTERS) {
                        tr {
                            th scope="row" { (letter.to_uppercase()) " " span.soft { (texts.say(&format!("letter-{letter}"))) } }
                            @for information in 0..6 {
                                @let weight = rules.grade_weight(Grade::new(source, information));
                                td dir="ltr" { (decimal(i64::try_from(weight).unwrap_or(0))) }
                            }
                        }
                    }
                }
            }
        }
        h3 { (texts.say("method-corroboration")) }
        p { (texts.with("method-corroboration-text", [("grade", corroboration.counts.to_string().into())])) }
        ul {
            @for (place, publishers) in (1..).zip(&corroboration.steps) {
                li { (texts.with("method-step", [("publishers", (*publishers).into()), ("steps", place.into())])) }
            }
            @for (letter, ceiling) in LETTERS.iter().zip(&corroboration.ceiling) {
                li { (texts.with("method-no-further", [
                    ("letter", letter.to_uppercase().into()),
                    ("digit", (*ceiling + 1).into()),
                ])) }
            }
        }
        h3 { (texts.say("method-disputes")) }
        p { (texts.with("method-disputes-text", [
            ("left", percent(rules.disputed).into()),
            ("accused", percent(rules.accused).into()),
        ])) }
    }
}
