//! What a kind counts for under a rulebook.

use std::collections::BTreeMap;

use detente_domain::details::{Details, Field, PLOVER, schema};
use detente_domain::dimension::Weighed;
use detente_domain::kind::{DurationClass, Kind};
use detente_domain::level::Level;
use detente_domain::party::Party;
use detente_domain::rulebook::{
    ENDLESS, Limits, MEMORY_WORDS, Override, Rule, Rulebook, Variant, Weight,
};
use serde::{Deserialize, Serialize};

use crate::view::{Named, Text, borrowed};

/// Levels by dimension; `posture` beside the weighed ones.
type Levels = BTreeMap<Text, Named<Level>>;

/// What an event of a kind counts for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct KindRuleView {
    /// The weights by dimension, before severity, grade and time: above 0 they warm, below 0 they
    /// strain.
    pub weights: BTreeMap<Text, f64>,
    /// The share of the weights that counts in the opposite direction too.
    pub mutual: f64,
    /// How fast it is forgotten.
    pub memory: MemoryView,
    /// The highest levels that it allows, by dimension, in the direction of the act; both ways if
    /// both states share the entry.
    pub ceiling: Levels,
    /// The lowest levels that it allows, likewise.
    pub floor: Levels,
    /// The highest levels that it allows in the opposite direction.
    pub ceiling_back: Levels,
    /// What ends these, and those of variants: `closed`, the end of the entry; `days`, a number of
    /// days; `revoked`, the contrary act; null if there are none.
    pub until: Option<Text>,
    /// The days for which these hold, if days end them.
    pub days: Option<u32>,
    /// What is different for events with a certain detail, in the order in which it applies.
    pub variants: Vec<VariantView>,
    /// True if it is official contact, which raises recognition to `dealings`.
    pub contact: bool,
    /// True if commentators read it as implicit recognition.
    pub signal: bool,
}

/// How fast evidence is forgotten.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct MemoryView {
    /// The class: `words`, `acts` or `force`.
    pub class: Text,
    /// The days in which half of it is left.
    pub half_life_days: u32,
}

/// What is different for events with a detail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct VariantView {
    /// The detail, or `organisation` for the one that both states are members of.
    pub detail: Text,
    /// Its word, or the code of the organisation.
    pub word: Text,
    /// The weights that differ, by dimension.
    pub weights: BTreeMap<Text, f64>,
    /// The highest levels that differ, by dimension.
    pub ceiling: Levels,
    /// The lowest levels that differ, by dimension.
    pub floor: Levels,
    /// The highest levels in the opposite direction that differ, by dimension.
    pub ceiling_back: Levels,
    /// The days for which the limits hold, if these differ.
    pub days: Option<u32>,
}

/// Returns thousandths as a number with decimals.
pub(super) fn decimal(thousandths: u32) -> f64 {
    f64::from(thousandths) / 1000.0
}

fn weight(weight: Weight) -> f64 {
    decimal(weight.warmth) - decimal(weight.strain)
}

fn weights(weights: impl IntoIterator<Item = Option<Weight>>) -> BTreeMap<Text, f64> {
    let weights = Weighed::ALL.into_iter().zip(weights);
    let weights = weights.filter_map(|(weighed, given)| Some((weighed, weight(given?))));
    weights
        .map(|(weighed, number)| (borrowed(weighed.as_str()), number))
        .collect()
}

fn levels(limits: Limits) -> Levels {
    let dimensions = Weighed::ALL.iter().zip(&limits);
    let named = dimensions.map(|(weighed, limit)| (weighed.as_str(), *limit));
    // The posture is the last of the limits; threat has none.
    let posture = limits.last().map(|limit| ("posture", *limit));
    let limits = named.chain(posture);
    limits
        .filter_map(|(word, limit)| Some((borrowed(word), Named(limit?))))
        .collect()
}

/// Iterates over the organisations whose members have limits, for the kind by which states become
/// members.
pub(super) fn organisations(kind: Kind, rules: &Rulebook) -> impl Iterator<Item = &(Party, Rule)> {
    let joins = kind == Kind::MembershipJoined;
    rules.organisations.iter().filter(move |_| joins)
}

/// Returns the days of limits, if days end them.
fn days(days: u32) -> Option<u32> {
    Some(days).filter(|days| (1..ENDLESS).contains(days))
}

/// Returns what ends the limits of a kind; `None` if it has none.
fn until(kind: Kind, rules: &Rulebook) -> Option<&'static str> {
    let rule = rules.kind(kind);
    let by = |by: &Variant| {
        let mut rule = rule.base;
        rule.replace(&by.replaces);
        rule.limits()
    };
    let shared = organisations(kind, rules).next().is_some();
    let limits = rule.base.limits() || rule.variants.iter().any(by) || shared;
    let ends = match kind.class() {
        DurationClass::Standing => "closed",
        DurationClass::Point | DurationClass::Condition if rule.base.days >= ENDLESS => "revoked",
        DurationClass::Point | DurationClass::Condition => "days",
    };
    limits.then_some(ends)
}

impl KindRuleView {
    pub(super) fn new(kind: Kind, rules: &Rulebook) -> Self {
        let rule = rules.kind(kind);
        let takes_severity = schema(kind).fields().any(|field| field == Field::Severity);
        // Without a severity to name, the one factor is part of the weights.
        let base = if takes_severity {
            rule.base
        } else {
            rule.rule(&Details::none())
        };
        let weighs = |weight: Weight| (weight != Weight::default()).then_some(weight);
        let coded = PLOVER
            .iter()
            .zip(&rules.coded)
            .filter(|_| kind.is_machine_coded());
        let coded = coded.map(|(event, weights)| VariantView::coded(event, weights));
        let variants = rule.variants.iter().map(VariantView::from);
        let shared = organisations(kind, rules).map(VariantView::shared);
        let memory = MEMORY_WORDS
            .get(rule.memory)
            .zip(rules.memory.get(rule.memory));
        Self {
            weights: weights(base.weights.map(weighs)),
            mutual: decimal(rule.mutual),
            memory: MemoryView {
                class: borrowed(memory.map_or("", |(word, _)| word)),
                half_life_days: memory.map_or(0, |(_, memory)| memory.half_life_days),
            },
            ceiling: levels(base.ceiling),
            floor: levels(base.floor),
            ceiling_back: levels(base.ceiling_back),
            until: until(kind, rules).map(borrowed),
            days: days(base.days),
            variants: variants.chain(coded).chain(shared).collect(),
            contact: rule.contact,
            signal: rule.signal,
        }
    }
}

impl From<&Variant> for VariantView {
    fn from(variant: &Variant) -> Self {
        let Override {
            weights: replaced,
            ceiling,
            floor,
            ceiling_back,
            days,
        } = variant.replaces;
        Self {
            detail: borrowed(variant.field.as_str()),
            word: borrowed(variant.word),
            weights: weights(replaced),
            ceiling: levels(ceiling),
            floor: levels(floor),
            ceiling_back: levels(ceiling_back),
            days: days.and_then(self::days),
        }
    }
}

impl VariantView {
    /// Returns the limits between the members of an organisation.
    fn shared((organisation, rule): &(Party, Rule)) -> Self {
        Self {
            detail: borrowed("organisation"),
            word: borrowed(organisation.code()),
            weights: BTreeMap::new(),
            ceiling: levels(rule.ceiling),
            floor: levels(rule.floor),
            ceiling_back: levels(rule.ceiling_back),
            days: None,
        }
    }

    /// Returns the weights of machine-coded rows with a PLOVER event.
    fn coded(event: &'static str, coded: &[Weight; 6]) -> Self {
        let weighs = |weight: &Weight| (*weight != Weight::default()).then_some(*weight);
        Self {
            detail: borrowed(Field::Plover.as_str()),
            word: borrowed(event),
            weights: weights(coded.iter().map(weighs)),
            ceiling: Levels::new(),
            floor: Levels::new(),
            ceiling_back: Levels::new(),
            days: None,
        }
    }
}
