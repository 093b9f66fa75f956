//! Lints of the rules of kinds.

use detente_domain::details::{Details, Field, SEVERITIES, Value};
use detente_domain::dimension::{Register, Weighed};
use detente_domain::kind::{DurationClass, Effect, Kind};
use detente_domain::level::Level;
use detente_domain::rulebook::{KindRule, Override, Rule, Rulebook};

use super::{Warnings, warn};
use crate::reader::quoted;

pub(super) fn kinds(rules: &Rulebook, found: &mut Warnings) {
    for kind in Kind::ALL {
        let rule = rules.kind(kind);
        let at = format!("kinds.{}", quoted(kind.as_str()));
        weights(kind, rule, &at, found);
        limits(kind, rule, &at, found);
        severity(kind, rule, &at, found);
        if kind == Kind::WarBegan && rule.base.ceiling[Weighed::Security.index()].is_none() {
            let problem = "a war puts no ceiling on security";
            warn(found, &format!("{at}.ceiling.security"), problem);
        }
        for variant in &rule.variants {
            if variant.replaces == Override::default() {
                let (field, word) = (variant.field, variant.word);
                let at = format!("{at}.when.{field}.{word}");
                warn(found, &at, "the variant replaces nothing");
            }
        }
    }
}

fn weights(kind: Kind, rule: &KindRule, at: &str, found: &mut Warnings) {
    let weighs = Weighed::ALL.into_iter().any(|weighed| rule.weighs(weighed));
    if kind.is_observation() && weighs {
        let problem = "observing what exists moves the levels, whenever it is reported";
        warn(found, at, problem);
    }
    let has_effect = kind.effect() != Effect::None
        || kind.family() == "recognition"
        || rule.contact
        || rule.signal
        || has_limits(rule)
        || matches!(kind, Kind::AuthorityChanged | Kind::Coded);
    if !weighs && !has_effect {
        warn(
            found,
            at,
            "events of this kind weigh nothing in any dimension",
        );
    }
    if !weighs && rule.mutual > 0 {
        let problem =
            "the kind has no weight of which a share could count in the opposite direction";
        warn(found, &format!("{at}.mutual"), problem);
    }
}

fn limits(kind: Kind, rule: &KindRule, at: &str, found: &mut Warnings) {
    if rule.base.days > 0 && !has_limits(rule) {
        let problem = "the kind has no limits that could hold for these days";
        warn(found, &format!("{at}.days"), problem);
    }
    if kind.register() == Some(Register::Memberships) && has_limits(rule) {
        let problem = "members are limited by [organisations.limits] alone";
        warn(found, at, problem);
    }
}

/// Warns of acts that leave a higher level possible than less severe acts do.
fn severity(kind: Kind, rule: &KindRule, at: &str, found: &mut Warnings) {
    let forms = SEVERITIES.iter().map(|word| {
        let mut details = Details::none();
        details.set(Field::Severity, Value::Choice(word));
        (word, ceiling(kind, &rule.rule(&details)))
    });
    let forms: Vec<_> = forms.collect();
    for pair in forms.windows(2) {
        let ((lesser, lower), (greater, higher)) = (pair[0], pair[1]);
        if lower
            .iter()
            .zip(higher)
            .any(|(lower, higher)| *lower < higher)
        {
            let problem = format!("{greater} acts have a higher ceiling than {lesser} ones");
            warn(found, &format!("{at}.when.severity.{greater}"), &problem);
        }
    }
}

/// Returns the highest levels that a rule leaves possible.
fn ceiling(kind: Kind, rule: &Rule) -> [Level; 7] {
    let holds = kind.class() == DurationClass::Standing || rule.days > 0;
    let level = |limit: Option<Level>| limit.filter(|_| holds).unwrap_or(Level::Close);
    rule.ceiling.map(level)
}

/// Returns true if any form of the kind limits a level.
fn has_limits(rule: &KindRule) -> bool {
    let variants = rule.variants.iter();
    rule.base.limits()
        || variants
            .map(|variant| {
                let mut rule = Rule::default();
                rule.replace(&variant.replaces);
                rule
            })
            .any(|rule| rule.limits())
}
