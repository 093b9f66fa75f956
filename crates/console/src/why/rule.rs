//! The rule of a level, with the numbers that it was applied to.

use detente_api::view::{
    BandView, BlendRule, BoundView, Decimal1, IndexRule, LadderRule, RuleView, Text, UNKNOWN,
    WhyView, in_words, labels, milli, units,
};
use detente_domain::dimension::Dimension;
use maud::{Markup, html};

use crate::ask::Ask;
use crate::facts::limits;
use crate::relation::levels::limit;
use crate::{cite, dates, level};

/// Writes the rule.
pub(super) fn section(ask: &Ask, path: &str, why: &WhyView) -> Markup {
    let of = why.dimension.0;
    match &why.rule {
        RuleView::Index(rule) => index(ask, of, rule, &why.level),
        RuleView::Ladder(rule) => ladder(ask, of, rule),
        RuleView::Blend(rule) => blend(ask, path, rule, &why.level),
    }
}

/// A term with its description.
fn fact(ask: &Ask, key: &str, value: &Markup) -> Markup {
    html! { dt { (ask.texts.say(key)) } dd { (value) } }
}

/// A formula, which runs from left to right in every language.
fn formula(text: &str) -> Markup {
    html! { code dir="ltr" { (text) } }
}

/// Returns true if the rule is that of a threat, which has no warmth.
fn is_threat(rule: &IndexRule) -> bool {
    rule.index.is_none() && rule.formula == "S"
}

/// Returns the numbers that the formula of an index or a threat was applied to, with its result.
pub(super) fn numbers(rule: &IndexRule) -> String {
    let sums = rule.sums;
    if is_threat(rule) {
        return format!("S = {}", units(sums.strain_micro));
    }
    format!(
        "W = {}, S = {}, c = {}: {}",
        units(sums.warmth_micro),
        units(sums.strain_micro),
        milli(rule.damping_milli),
        Decimal1::from_thousandths(rule.formula_milli)
    )
}

/// Returns the pooled numbers of a posture, with the result of the formula.
pub(super) fn pooled(rule: &BlendRule) -> Option<String> {
    let pooled = rule.pooled?;
    Some(format!(
        "W = {}, S = {}, c = {}: {}",
        milli(pooled.warmth_milli),
        milli(pooled.strain_milli),
        milli(rule.damping_milli),
        Decimal1::from_thousandths(pooled.index_milli)
    ))
}

fn index(ask: &Ask, of: Dimension, rule: &IndexRule, held: &str) -> Markup {
    let sums = rule.sums;
    let is_threat = is_threat(rule);
    let numbers = numbers(rule);
    let machine = sums.machine_warmth_micro > 0 || sums.machine_strain_micro > 0;
    let people = format!(
        "W = {}, S = {}",
        units(sums.people_warmth_micro),
        units(sums.people_strain_micro)
    );
    let machines = format!(
        "W = {}, S = {}; ≤ {}",
        units(sums.machine_warmth_micro),
        units(sums.machine_strain_micro),
        units(sums.machine_cap_micro)
    );
    let factors = ask.texts.with(
        "why-factors",
        [
            ("disputed", milli(rule.disputed_milli.into()).into()),
            ("carried", milli(rule.carry_over_milli.into()).into()),
            ("machine", milli(rule.machine_share_milli.into()).into()),
        ],
    );
    html! {
        dl.facts {
            (fact(ask, "why-formula", &formula(&rule.formula)))
            (fact(ask, "why-numbers", &formula(&numbers)))
            @if !is_threat {
                (fact(ask, "levels-warmth", &formula(&rule.warmth.to_string())))
            }
            (fact(ask, "levels-strain", &formula(&rule.strain.to_string())))
            @if machine {
                (fact(ask, "why-people", &formula(&people)))
                (fact(ask, "why-machines", &formula(&machines)))
            }
            (fact(ask, "why-factors-of", &html! { (factors) }))
            (band(ask, of, &rule.band))
            @if rule.band.floor.is_some() {
                (fact(ask, "why-floor-breaks", &formula(&milli(rule.floor_breaks_at_milli))))
            }
            @if let Some(index) = rule.index {
                (fact(ask, "why-index", &formula(&index.to_string())))
            }
            (scale(ask, of, (&rule.levels, &rule.bounds), held))
            (memory(ask, of, &rule.before, rule.kept.as_deref()))
        }
    }
}

fn ladder(ask: &Ask, of: Dimension, rule: &LadderRule) -> Markup {
    let texts = ask.texts;
    let authority = match &*rule.authority {
        UNKNOWN => labels::UNKNOWN.text(ask.lang),
        code => ask.name_of(code),
    };
    let since = rule.authority_since.as_deref();
    let since = since.map(|since| dates::words(since, texts));
    let declared = level::word(Dimension::Declared, rule.declared.as_str(), ask.lang);
    html! {
        dl.facts {
            (fact(ask, "why-rule", &html! { (in_words(of, ask.lang)) }))
            (fact(ask, "why-weakest", &cite::grade(ask, &rule.weakest_grade)))
            (fact(ask, "why-authority", &html! {
                (authority)
                @if let Some(since) = since { ", " (texts.with("cell-since", [("date", since.into())])) }
                @if let Some(by) = rule.authority_by {
                    " · " a href=(ask.href(&format!("events/{by}"), &[])) { (texts.say("why-by-event")) }
                }
            }))
            @if of != Dimension::Representation {
                (fact(ask, "why-declared", &html! { (declared) }))
            }
        }
    }
}

fn blend(ask: &Ask, path: &str, rule: &BlendRule, held: &str) -> Markup {
    let of = Dimension::Posture;
    let texts = ask.texts;
    let security = rule.security_milli.map(Decimal1::from_thousandths);
    let trajectory = labels::trajectory(rule.trajectory.0).text(ask.lang);
    let trend = texts.with(
        "why-trend",
        [
            ("trend", trajectory.into()),
            ("days", u32::from(rule.window_days).into()),
            (
                "balance",
                Decimal1::from_thousandths(rule.balance_milli)
                    .to_string()
                    .into(),
            ),
            ("step", milli(rule.step_milli).into()),
        ],
    );
    html! {
        dl.facts {
            (fact(ask, "why-formula", &html! { (in_words(of, ask.lang)) }))
            @if let Some(pooled) = pooled(rule) { (fact(ask, "why-numbers", &formula(&pooled))) }
            (band(ask, of, &rule.band))
            @if let Some(most) = security { (fact(ask, "why-security", &formula(&most.to_string()))) }
            @if let Some(index) = rule.index { (fact(ask, "why-index", &formula(&index.to_string()))) }
            (scale(ask, of, (&rule.levels, &rule.bounds), held))
            (memory(ask, of, &rule.before, rule.kept.as_deref()))
            (fact(ask, "levels-trend", &html! { (trend) }))
        }
        (parts(ask, path, rule))
    }
}

/// The dimensions that are pooled, each leading to its own reasons.
fn parts(ask: &Ask, path: &str, rule: &BlendRule) -> Markup {
    let texts = ask.texts;
    let heads = [
        "levels-dimension",
        "why-weight",
        "levels-level",
        "levels-warmth",
        "levels-strain",
        "why-above-all",
    ];
    html! {
        h3 { (texts.say("why-parts")) }
        div.scroll tabindex="0" role="region" aria-label=(texts.say("why-parts")) {
            table.levels {
                thead { tr { @for head in heads { th scope="col" { (texts.say(head)) } } } }
                tbody {
                    @for part in &rule.parts {
                        @let of = Dimension::Weighed(part.dimension.0);
                        tr {
                            th scope="row" {
                                a href=(ask.href(&format!("{path}/why/{}", of.as_str()), &[])) { (labels::dimension(of).text(ask.lang)) }
                            }
                            td.number { bdi { (milli(part.weight_milli.into())) } }
                            td class=(level::classes(of, &part.level)) {
                                span.mark aria-hidden="true" { (level::mark(of, &part.level)) }
                                " " (level::word(of, &part.level, ask.lang))
                            }
                            td.number { bdi { (milli(part.warmth_milli)) } }
                            td.number { bdi { (milli(part.strain_milli)) } }
                            td {
                                @if let Some(event) = part.above_all {
                                    @let label = format!("{}: {}", texts.say("why-above-all"), labels::dimension(of).text(ask.lang));
                                    a href=(ask.href(&format!("events/{event}"), &[])) aria-label=(label) { (texts.say("why-event")) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The limits of the level.
fn band(ask: &Ask, of: Dimension, band: &BandView) -> Markup {
    let is_free = band.ceiling.is_none() && band.floor.is_none();
    html! {
        dt { (ask.texts.say("why-band")) }
        dd {
            @if is_free { (ask.texts.say("why-no-band")) }
            @for (label, bound) in limits(band) { div { (limit(ask, of, label, bound)) } }
        }
    }
}

/// The levels, with the bounds between them: within a range, the level of the day before stays.
fn scale(
    ask: &Ask,
    of: Dimension,
    (levels, bounds): (&[Text], &[BoundView]),
    held: &str,
) -> Markup {
    html! {
        dt { (ask.texts.say("why-bounds")) }
        dd {
            ol.scale {
                @for (place, word) in levels.iter().enumerate() {
                    li class=(level::classes(of, word)) aria-current=[(**word == *held).then_some("true")] {
                        (level::word(of, word, ask.lang))
                    }
                    @if let Some(bound) = bounds.get(place) { li.bound { bdi { (range(bound)) } } }
                }
            }
        }
    }
}

pub(super) fn range(bound: &BoundView) -> String {
    let least = milli(bound.at_milli - bound.margin_down_milli);
    let most = milli(bound.at_milli + bound.margin_up_milli);
    if least == most {
        least
    } else {
        format!("{least} … {most}")
    }
}

/// The level of the day before, and whether the level stays although the index has left it.
fn memory(ask: &Ask, of: Dimension, before: &str, kept: Option<&str>) -> Markup {
    let word = |word| level::word(of, word, ask.lang);
    html! {
        (fact(ask, "why-before", &html! { (word(before)) }))
        @if let Some(kept) = kept { (fact(ask, "why-kept", &html! { (word(kept)) })) }
    }
}
