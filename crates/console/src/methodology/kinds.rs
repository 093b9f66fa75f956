//! What each kind of event counts for.

use detente_api::request::KindsRequest;
use detente_api::view::{KindRuleView, KindView, Named, Text, VariantView, labels};
use detente_api::{Code, Refusal};
use detente_domain::dimension::Dimension;
use detente_domain::level::Level;
use detente_feed::Error;
use detente_read_model::ReadRequest as _;
use maud::{Markup, html};
use std::collections::BTreeMap;

use super::number::weight;
use super::sums::days;
use crate::ask::Ask;
use crate::level;
use crate::report::fields::severity_word;

/// Which kinds are listed.
pub(super) struct KindsQuery {
    /// Those that count in this dimension; all without one.
    dimension: Option<Dimension>,
}

impl KindsQuery {
    /// Parses the parameters.
    pub(super) fn parse(ask: &Ask) -> Result<Self, Refusal> {
        let dimension = ask.get("dimension")?.map(|text| {
            Dimension::parse(text).ok_or_else(|| {
                Refusal::new(Code::BadQuery, "the dimension is none of these")
                    .field("dimension")
                    .value(text)
                    .allowed(Dimension::ALL.map(Dimension::as_str))
            })
        });
        Ok(Self {
            dimension: dimension.transpose()?,
        })
    }

    /// Returns the kinds.
    pub(super) async fn kinds(&self, ask: &Ask) -> Result<Vec<KindView>, Error> {
        let request = KindsRequest {
            lang: Some(ask.lang),
        };
        let mut kinds = request.answer(&ask.model).await?.items;
        if let Some(dimension) = self.dimension {
            kinds.retain(|kind| kind.counts_in.iter().any(|of| of == dimension.as_str()));
        }
        Ok(kinds)
    }
}

/// Writes the kinds as a table, with a form that filters it.
pub(super) fn table(ask: &Ask, query: &KindsQuery, kinds: &[KindView]) -> Markup {
    let texts = ask.texts;
    html! {
        p { (texts.say("method-kinds-text")) }
        form.controls method="get" action={ (ask.path) "#kinds" } {
            label {
                span { (texts.say("map-dimension")) }
                select name="dimension" {
                    option value="" { (texts.say("show-all")) }
                    @for dimension in crate::board::COLUMNS {
                        option value=(dimension.as_str()) selected[query.dimension == Some(dimension)] {
                            (labels::dimension(dimension).text(ask.lang))
                        }
                    }
                }
            }
            button { (texts.say("board-apply")) }
        }
        div.scroll tabindex="0" role="region" aria-label=(texts.say("method-kinds")) {
            table.list.kind-rules {
                thead { tr {
                    @for key in ["method-kind", "method-weights", "method-severity", "method-memory", "method-limits", "method-variants"] {
                        th scope="col" { (texts.say(key)) }
                    }
                } }
                tbody { @for kind in kinds { (line(ask, kind)) } }
            }
        }
        p.count { (texts.with("method-kinds-count", [("count", kinds.len().into())])) }
    }
}

fn line(ask: &Ask, kind: &KindView) -> Markup {
    let texts = ask.texts;
    let rule = &kind.rule;
    let mutual = rule.mutual;
    html! {
        tr #(kind.kind) {
            th scope="row" {
                (kind.label) " "
                a href={ "/v1/kinds/" (kind.kind) "?lang=" (ask.lang.as_str()) } { code { (kind.kind) } }
                p { (kind.description) }
            }
            td {
                (weights(ask, &rule.weights))
                @if mutual > 0.0 { p { (texts.with("method-mutual", [("share", format!("{} %", (mutual * 100.0).round()).into())])) } }
                @if rule.contact { p { (texts.say("method-contact")) } }
                @if rule.signal { p { (texts.say("method-signal")) } }
            }
            td {
                @if let Some(severity) = &kind.severity {
                    ul.plain {
                        @for word in &severity.words {
                            li title=(word.description) { (severity_word(&word.word, ask.lang)) " " span dir="ltr" { "×" (word.factor) } }
                        }
                    }
                }
            }
            td { @if !rule.weights.is_empty() || !rule.variants.is_empty() {
                (texts.say(&format!("memory-{}", rule.memory.class))) p.soft { (days(ask, rule.memory.half_life_days)) }
            } }
            td { (limits(ask, rule)) }
            td {
                @if !rule.variants.is_empty() {
                    details {
                        summary { (texts.with("method-variants-count", [("count", rule.variants.len().into())])) }
                        ul.plain { @for variant in &rule.variants { (self::variant(ask, variant)) } }
                    }
                }
            }
        }
    }
}

fn weights(ask: &Ask, weights: &BTreeMap<Text, f64>) -> Markup {
    html! {
        ul.plain {
            @for (dimension, number) in weights {
                li { (heading(ask, dimension)) " " b dir="ltr" .warms[*number > 0.0] .strains[*number < 0.0] { (weight(*number)) } }
            }
        }
    }
}

/// Returns the name of a dimension in a table.
fn heading<'w>(ask: &Ask, word: &'w str) -> &'w str {
    Dimension::parse(word).map_or(word, |dimension| labels::heading(dimension).text(ask.lang))
}

fn limits(ask: &Ask, rule: &KindRuleView) -> Markup {
    let texts = ask.texts;
    html! {
        (bounds(ask, &rule.floor, "method-at-least"))
        (bounds(ask, &rule.ceiling, "method-at-most"))
        (bounds(ask, &rule.ceiling_back, "method-at-most-back"))
        @match rule.until.as_deref() {
            Some("closed") => p.soft { (texts.say("method-until-closed")) },
            Some("revoked") => p.soft { (texts.say("method-until-revoked")) },
            Some(_) => @if let Some(count) = rule.days { p.soft { (texts.with("method-for", [("days", days(ask, count).into())])) } },
            None => {}
        }
    }
}

fn bounds(ask: &Ask, levels: &BTreeMap<Text, Named<Level>>, key: &str) -> Markup {
    html! {
        @for (word, limit) in levels {
            @let dimension = Dimension::parse(word).unwrap_or(Dimension::Posture);
            p {
                (ask.texts.with(key, [
                    ("dimension", heading(ask, word).into()),
                    ("level", level::word(dimension, limit.as_str(), ask.lang).into()),
                ]))
            }
        }
    }
}

/// Writes what is different for events with a detail.
fn variant(ask: &Ask, variant: &VariantView) -> Markup {
    let organisation = (variant.detail == "organisation").then(|| ask.name_of(&variant.word));
    html! {
        li {
            @match organisation {
                Some(name) => (name),
                None => code { (variant.detail) "=" (variant.word) },
            }
            (weights(ask, &variant.weights))
            (bounds(ask, &variant.floor, "method-at-least"))
            (bounds(ask, &variant.ceiling, "method-at-most"))
            (bounds(ask, &variant.ceiling_back, "method-at-most-back"))
        }
    }
}
