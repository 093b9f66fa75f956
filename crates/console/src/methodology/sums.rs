//! How evidence is summed: dimensions, memory, posture, organisations.

use detente_api::view::labels;
use detente_domain::dimension::{Dimension, Weighed};
use detente_domain::rulebook::{Limits, MEMORY_WORDS, POSTURE, Rulebook};
use maud::{Markup, html};

use super::number::{decimal, percent};
use crate::ask::Ask;
use crate::board::COLUMNS;
use crate::level;

/// Writes what each dimension means, and how its evidence is summed.
pub(super) fn dimensions(ask: &Ask, rules: &Rulebook) -> Markup {
    let texts = ask.texts;
    html! {
        p { (texts.say("method-conduct")) }
        div.scroll tabindex="0" role="region" aria-label=(texts.say("method-dimensions")) {
            table.list {
                thead { tr {
                    @for key in ["method-dimension", "method-means", "method-damping", "method-stale", "method-share"] { th scope="col" { (texts.say(key)) } }
                } }
                tbody {
                    @for dimension in COLUMNS {
                        tr #(format!("dimension-{}", dimension.as_str())) {
                            th scope="row" { (labels::dimension(dimension).text(ask.lang)) " " code { (dimension.as_str()) } }
                            td.text { (texts.say(&format!("means-{}", dimension.as_str()))) }
                            @match dimension {
                                Dimension::Weighed(weighed) => {
                                    @let rule = rules.dimension(weighed);
                                    td dir="ltr" { (decimal(rule.damping)) }
                                    td { (days(ask, rule.stale_days)) }
                                    td dir="ltr" { (decimal(i64::from(rules.posture.weights[weighed.index()]))) }
                                }
                                Dimension::Posture => {
                                    td dir="ltr" { (decimal(rules.posture.damping)) }
                                    td { "–" } td { "–" }
                                }
                                _ => { td colspan="3" { a href="#ladders" { (texts.say("method-by-ladder")) } } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Writes a number of days.
pub(super) fn days(ask: &Ask, days: u32) -> String {
    let days = [("count", days.into())];
    ask.texts.with("method-days", days).into_owned()
}

/// Writes how fast evidence fades.
pub(super) fn memory(ask: &Ask, rules: &Rulebook) -> Markup {
    let texts = ask.texts;
    html! {
        p { (texts.say("method-memory-text")) }
        div.scroll tabindex="0" role="region" aria-label=(texts.say("method-memory")) {
            table.list {
                thead { tr { @for key in ["method-class", "method-half-life", "method-means"] { th scope="col" { (texts.say(key)) } } } }
                tbody {
                    @for (word, memory) in MEMORY_WORDS.iter().zip(&rules.memory) {
                        tr {
                            th scope="row" { (texts.say(&format!("memory-{word}"))) " " code { (word) } }
                            td { (days(ask, memory.half_life_days)) }
                            td.text { (texts.say(&format!("memory-{word}-means"))) }
                        }
                    }
                }
            }
        }
    }
}

/// Writes how the posture, the trajectory and the bands come about.
pub(super) fn posture(ask: &Ask, rules: &Rulebook) -> Markup {
    let texts = ask.texts;
    let mut pooled: Vec<Weighed> = rules.pooled().collect();
    pooled.sort_by_key(|weighed| std::cmp::Reverse(rules.posture.weights[weighed.index()]));
    html! {
        p { (texts.say("method-posture-text")) }
        ul {
            @for weighed in pooled {
                li { (labels::weighed(weighed).text(ask.lang)) ": " bdi { (decimal(i64::from(rules.posture.weights[weighed.index()]))) } }
            }
        }
        p { (texts.with("method-lead", [("lead", decimal(rules.posture.security_lead).into())])) }
        h3 { (texts.say("method-bands")) }
        p { (texts.with("method-bands-text", [("strain", decimal(rules.floor_breaks_at).into())])) }
        h3 { (texts.say("country-trajectory")) }
        p { (texts.with("method-trajectory-text", [
            ("days", days(ask, rules.trajectory_days.into()).into()),
            ("step", decimal(rules.trajectory_step).into()),
        ])) }
        h3 { (texts.say("method-other")) }
        ul {
            li { (texts.with("method-carry", [("share", percent(rules.carry_over).into())])) }
            li { (texts.with("method-machine", [("share", percent(rules.machine_share).into())])) }
        }
    }
}

/// Writes what organisations and memberships do.
pub(super) fn organisations(ask: &Ask, rules: &Rulebook) -> Markup {
    let texts = ask.texts;
    html! {
        p { (texts.with("method-via", [("share", percent(rules.via).into())])) }
        @if !rules.organisations.is_empty() {
            div.scroll tabindex="0" role="region" aria-label=(texts.say("method-organisations")) {
                table.list {
                    thead { tr { @for key in ["method-organisation", "method-floor", "method-ceiling"] { th scope="col" { (texts.say(key)) } } } }
                    tbody {
                        @for (organisation, rule) in &rules.organisations {
                            tr {
                                th scope="row" { (ask.name(*organisation)) }
                                td { (limits(ask, &rule.floor)) }
                                td { (limits(ask, &rule.ceiling)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn limits(ask: &Ask, limits: &Limits) -> Markup {
    let weighed = Weighed::ALL.into_iter().map(Dimension::Weighed);
    let mut all: Vec<Dimension> = weighed.collect();
    // The posture comes last of the limits.
    all.insert(POSTURE, Dimension::Posture);
    let all = all.into_iter().zip(limits);
    let named = all.filter_map(|(dimension, limit)| Some((dimension, limit.as_ref()?)));
    html! {
        ul.plain {
            @for (dimension, limit) in named {
                li { (labels::dimension(dimension).text(ask.lang)) ": " (level::word(dimension, limit.as_str(), ask.lang)) }
            }
        }
    }
}
