//! Kinds of events as they explain themselves: what each is, what it takes, and what it counts for
//! under a rulebook.

mod detail;
mod rule;
mod severity;
mod texts;

use detente_domain::details::schema;
use detente_domain::dimension::{Dimension, Weighed};
use detente_domain::kind::{DurationClass, Effect, Kind};
use detente_domain::party::Lang;
use detente_domain::rulebook::{KindRule, Limits, POSTURE, Rulebook};
use serde::{Deserialize, Serialize};

pub use detail::DetailView;
pub use rule::{KindRuleView, MemoryView, VariantView};
pub use severity::{SeverityView, SeverityWordView};
pub(super) use texts::detail as detail_text;

use super::{Page, Text, borrowed};
use crate::submission::EventDto;

/// A kind of event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct KindView {
    /// The code.
    pub kind: Text,
    /// The first word of the code, by which kinds are grouped.
    pub family: Text,
    /// The language of the label and of the descriptions.
    pub lang: Text,
    /// The label.
    pub label: Text,
    /// What it is, in one sentence, and which other kind it is not.
    pub description: Text,
    /// How long an event of the kind is in effect: `point` on its date, `condition` over the span of
    /// its date, `standing` until another event closes what it opens.
    pub class: Text,
    /// The register that it changes; null if none.
    pub register: Option<Text>,
    /// What it does to its entry of the register; null if it changes none.
    pub effect: Option<EffectView>,
    /// The PLOVER event, with its mode after a dot; null if none is near.
    pub plover: Option<Text>,
    /// The dimensions and the register for which it counts, in order.
    pub counts_in: Vec<Text>,
    /// The mandatory details.
    pub needs: Vec<DetailView>,
    /// The optional details.
    pub takes: Vec<DetailView>,
    /// The words of severity; null if the kind takes none.
    pub severity: Option<SeverityView>,
    /// What it counts for.
    pub rule: KindRuleView,
    /// The version of the rulebook that the rule is of.
    pub rulebook: String,
    /// An event of the kind that is accepted as it is.
    pub example: EventDto,
}

/// What a kind does to an entry of its register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct EffectView {
    /// `sets` opens the entry or changes its status, `closes` ends it, `notes` records an
    /// occurrence.
    pub does: Text,
    /// The status of the entry from then on.
    pub status: Text,
}

impl KindView {
    /// Returns a kind under a rulebook, in a language.
    #[must_use]
    pub fn new(kind: Kind, rules: &Rulebook, lang: Lang) -> Self {
        let fields = schema(kind);
        let detail = |field| DetailView::new(field, lang);
        let own = fields.needs.len();
        let rule = rules.kind(kind);
        Self {
            kind: borrowed(kind.as_str()),
            family: borrowed(kind.family()),
            lang: borrowed(lang.as_str()),
            label: borrowed(kind.label(lang)),
            description: borrowed(texts::kind(kind, lang)),
            class: borrowed(match kind.class() {
                DurationClass::Point => "point",
                DurationClass::Condition => "condition",
                DurationClass::Standing => "standing",
            }),
            register: kind.register().map(|register| borrowed(register.as_str())),
            effect: effect(kind.effect()),
            plover: Some(kind.plover())
                .filter(|code| !code.is_empty())
                .map(borrowed),
            counts_in: counts_in(kind, rules),
            needs: fields.needs.iter().copied().map(detail).collect(),
            takes: fields.fields().skip(own).map(detail).collect(),
            severity: SeverityView::new(kind, rule, lang),
            rule: KindRuleView::new(kind, rules),
            rulebook: rules.version.clone(),
            example: texts::example(kind),
        }
    }

    /// Returns all kinds under a rulebook, in order, as one page.
    #[must_use]
    pub fn all(rules: &Rulebook, lang: Lang) -> Page<Self> {
        Page {
            items: Kind::ALL.map(|kind| Self::new(kind, rules, lang)).into(),
            next: None,
            known_at: None,
            total: None,
        }
    }
}

fn effect(effect: Effect) -> Option<EffectView> {
    let (does, status) = match effect {
        Effect::None => return None,
        Effect::Sets(status) => ("sets", status),
        Effect::Closes(status) => ("closes", status),
        Effect::Notes(status) => ("notes", status),
    };
    Some(EffectView {
        does: borrowed(does),
        status: borrowed(status),
    })
}

/// Returns the dimensions that a kind may move, by its weights, its limits or as evidence of a
/// ladder, and its register.
fn counts_in(kind: Kind, rules: &Rulebook) -> Vec<Text> {
    let rule = rules.kind(kind);
    let coded = |weighed: &Weighed| {
        let mut weights = rules.coded.iter().map(|weights| weights[weighed.index()]);
        kind.is_machine_coded() && weights.any(|weight| weight.warmth + weight.strain > 0)
    };
    let limited = |place| limited(rule, place) || shared(kind, rules, place);
    let counts = |dimension: &Dimension| match dimension {
        Dimension::Recognition => rule.contact || kind.ladders().contains(dimension),
        Dimension::Declared => kind.family() == "recognition",
        Dimension::Representation => kind.ladders().contains(dimension),
        Dimension::Weighed(weighed) => {
            rule.weighs(*weighed) || limited(weighed.index()) || coded(weighed)
        }
        Dimension::Posture => limited(POSTURE),
    };
    let dimensions = Dimension::ALL.into_iter().filter(counts);
    let mut words: Vec<Text> = dimensions
        .map(|dimension| borrowed(dimension.as_str()))
        .collect();
    words.extend(kind.register().map(|register| borrowed(register.as_str())));
    words
}

/// Returns true if any form of a kind limits a level, by its index in [`Limits`].
fn limited(rule: &KindRule, place: usize) -> bool {
    let base = [rule.base.ceiling, rule.base.floor, rule.base.ceiling_back];
    let variants = rule.variants.iter().map(|variant| &variant.replaces);
    let variants = variants.flat_map(|by| [by.ceiling, by.floor, by.ceiling_back]);
    base.into_iter().chain(variants).any(has(place))
}

/// Returns true if a membership limits a level.
fn shared(kind: Kind, rules: &Rulebook, place: usize) -> bool {
    let organisations = rule::organisations(kind, rules).map(|(_, rule)| rule);
    let mut limits = organisations.flat_map(|by| [by.ceiling, by.floor, by.ceiling_back]);
    limits.any(has(place))
}

fn has(place: usize) -> impl Fn(Limits) -> bool {
    move |limits| limits.get(place).is_some_and(Option::is_some)
}
