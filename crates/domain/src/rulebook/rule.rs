//! The rule of a kind of event: its weights, its limits, and their variants by detail.

use crate::details::{Details, Field};
use crate::dimension::Weighed;
use crate::level::Level;

/// The weight of an event in one dimension.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    /// Added to warmth.
    pub warmth: u32,
    /// Added to strain.
    pub strain: u32,
}

/// A level by dimension, by [`Weighed::index`], and last of the posture; `None` does not limit it.
/// Threat has none.
pub type Limits = [Option<Level>; 7];

/// The index of the posture in [`Limits`].
pub const POSTURE: usize = 6;

/// The most days that a rule may give, which stand for no end: its limits hold until they are
/// revoked.
pub const ENDLESS: u32 = 36_525;

/// What an event weighs, and how it limits levels: for a standing kind while its entry stands, for
/// others during [`Rule::days`] after its date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rule {
    /// Weights by [`Weighed::index`], in the direction of the act.
    pub weights: [Weight; 6],
    /// The highest levels, in the direction of the act; both ways if the entry is shared.
    pub ceiling: Limits,
    /// The lowest levels, likewise.
    pub floor: Limits,
    /// The highest levels in the opposite direction.
    pub ceiling_back: Limits,
    /// The days for which the limits of an event without an entry hold; [`ENDLESS`] if until they
    /// are revoked.
    pub days: u32,
}

/// What an act is towards the other side, by its rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stance {
    /// It strains, and neither warms nor puts a floor.
    Hostile,
    /// It warms, and neither strains nor puts a ceiling.
    Friendly,
}

/// The parts of a rule that a variant replaces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Override {
    /// Weights.
    pub weights: [Option<Weight>; 6],
    /// Limits; `None` keeps the limit of the rule.
    pub ceiling: Limits,
    /// Limits; `None` keeps the limit of the rule.
    pub floor: Limits,
    /// Limits; `None` keeps the limit of the rule.
    pub ceiling_back: Limits,
    /// The days of the limits.
    pub days: Option<u32>,
}

/// A variant of a rule, for events with a detail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// The detail, a choice.
    pub field: Field,
    /// Its word.
    pub word: &'static str,
    /// What it replaces.
    pub replaces: Override,
}

/// The count from which an act without a severity is serious, and major.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// The detail that counts.
    pub field: Field,
    /// From this number on it is serious; below it is minor.
    pub serious: u64,
    /// From this number on it is major.
    pub major: u64,
}

/// The rule of a kind of event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KindRule {
    /// The rule without any detail.
    pub base: Rule,
    /// Variants, in the order in which they apply.
    pub variants: Vec<Variant>,
    /// The factors of the weights by severity, by its index in [`crate::details::SEVERITIES`].
    pub severity: [u32; 3],
    /// How a count tells the severity of an act that does not name it.
    pub counts: Option<Counts>,
    /// The class of memory, an index of [`super::Rulebook::memory`].
    pub memory: usize,
    /// The share of the weights that counts in the opposite direction too, as for talks.
    pub mutual: u32,
    /// True if it is official contact, which raises recognition to `dealings`.
    pub contact: bool,
    /// True if commentators read it as implicit recognition.
    pub signal: bool,
}

/// The index of `serious`, the severity of an act that neither names nor counts one.
const SERIOUS: usize = 1;

impl KindRule {
    /// The severity of an act that neither names nor counts one.
    pub const UNNAMED: &'static str = crate::details::SEVERITIES[SERIOUS];

    /// Returns the severity of an act, as an index of [`crate::details::SEVERITIES`].
    #[must_use]
    pub fn severity_of(&self, details: &Details) -> usize {
        let word = details.text(Field::Severity);
        let words = crate::details::SEVERITIES;
        if let Some(named) = word.and_then(|word| words.iter().position(|named| *named == word)) {
            return named;
        }
        let counted = self.counts.and_then(|counts| {
            let count = details.count(counts.field)?;
            Some(usize::from(count >= counts.serious) + usize::from(count >= counts.major))
        });
        counted.unwrap_or(SERIOUS)
    }

    /// Returns the rule of an event with these details: of the base, with its variants, and with
    /// weights multiplied by the factor of its severity.
    #[must_use]
    pub fn rule(&self, details: &Details) -> Rule {
        let mut rule = self.base;
        for replaces in self.replacing(details, self.severity_of(details)) {
            rule.replace(replaces);
        }
        rule.weights = self.weights(details);
        rule
    }

    /// Returns the weights of [`KindRule::rule`] alone.
    #[must_use]
    pub fn weights(&self, details: &Details) -> [Weight; 6] {
        let severity = self.severity_of(details);
        let mut weights = self.base.weights;
        for replaces in self.replacing(details, severity) {
            for (weight, new) in weights.iter_mut().zip(replaces.weights) {
                *weight = new.unwrap_or(*weight);
            }
        }
        let factor = u64::from(self.severity[severity]);
        let scaled = |weight: u32| {
            let weight = u64::from(weight) * factor / 1000;
            u32::try_from(weight).unwrap_or(u32::MAX)
        };
        weights.map(|weight| Weight {
            warmth: scaled(weight.warmth),
            strain: scaled(weight.strain),
        })
    }

    /// Iterates over what the variants replace that apply to an act of a severity.
    fn replacing(&self, details: &Details, severity: usize) -> impl Iterator<Item = &Override> {
        let applies = move |variant: &&Variant| {
            let word = match variant.field {
                Field::Severity => crate::details::SEVERITIES.get(severity).copied(),
                field => details.text(field),
            };
            word == Some(variant.word)
        };
        let variants = self.variants.iter().filter(applies);
        variants.map(|variant| &variant.replaces)
    }

    /// Returns true if any form of the kind limits a level.
    #[must_use]
    pub fn may_limit(&self) -> bool {
        let mut variants = self.variants.iter().map(|variant| variant.replaces);
        let limits = |by: Override| [by.ceiling, by.floor, by.ceiling_back];
        self.base.limits()
            || variants.any(|by| limits(by).as_flattened().iter().any(Option::is_some))
    }

    /// Returns true if any form of the kind has weight in a dimension.
    #[must_use]
    pub fn weighs(&self, weighed: Weighed) -> bool {
        let weighs = |weight: Weight| weight.warmth + weight.strain > 0;
        let place = weighed.index();
        let mut variants = self.variants.iter();
        weighs(self.base.weights[place])
            || variants.any(|variant| variant.replaces.weights[place].is_some_and(weighs))
    }
}

impl Rule {
    /// Replaces the parts that a variant names.
    pub fn replace(&mut self, by: &Override) {
        for (weight, new) in self.weights.iter_mut().zip(by.weights) {
            *weight = new.unwrap_or(*weight);
        }
        let limits = [
            (&mut self.ceiling, by.ceiling),
            (&mut self.floor, by.floor),
            (&mut self.ceiling_back, by.ceiling_back),
        ];
        for (limits, new) in limits {
            for (limit, new) in limits.iter_mut().zip(new) {
                *limit = new.or(*limit);
            }
        }
        self.days = by.days.unwrap_or(self.days);
    }

    /// Returns its stance; `None` if it has something of both, or of neither.
    #[must_use]
    pub fn stance(&self) -> Option<Stance> {
        let limits = |limits: Limits| limits.iter().any(Option::is_some);
        let mut weights = self.weights.iter();
        let warms = weights.clone().any(|weight| weight.warmth > 0);
        let strains = weights.any(|weight| weight.strain > 0);
        let ceilings = limits(self.ceiling) || limits(self.ceiling_back);
        match (warms, strains) {
            (true, false) if !ceilings => Some(Stance::Friendly),
            (false, true) if !limits(self.floor) => Some(Stance::Hostile),
            _ => None,
        }
    }

    /// Returns true if it limits any level.
    #[must_use]
    pub fn limits(&self) -> bool {
        let all = [self.ceiling, self.floor, self.ceiling_back];
        all.iter().flatten().any(Option::is_some)
    }
}
