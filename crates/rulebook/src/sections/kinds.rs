//! The rules of events: `severity`, `kinds` and `coded`.

mod severity;
mod variants;

use detente_domain::details::PLOVER;
use detente_domain::dimension::Weighed;
use detente_domain::kind::{DurationClass, Kind};
use detente_domain::rulebook::{KindRule, MEMORY_WORDS, Override, Rule, Weight};

use super::limits::{DAYS, LIMITS, check_order, parts, weights};
use crate::reader::{Reader, Section};

pub(super) use severity::factors;

const EXTRAS: [&str; 7] = [
    "mutual", "contact", "signal", "memory", "severity", "counts", "when",
];

/// The class of memory of a kind that names none: words.
const MEMORY: usize = 0;

/// Reads the rules of the kinds. `severity` has the factors of kinds that name none.
pub(super) fn kinds<'t>(
    reader: &mut Reader<'t>,
    root: &Section<'_, 't>,
    severity: [u32; 3],
) -> Option<Vec<KindRule>> {
    let parent = reader.table(root, "kinds", &Kind::ALL.map(Kind::as_str))?;
    let keys = [part_keys().as_slice(), EXTRAS.as_slice()].concat();
    let rules = Kind::ALL.into_iter().map(|kind| {
        let section = reader.table(&parent, kind.as_str(), &keys)?;
        rule(reader, &section, kind, severity)
    });
    // All are read before a missing one ends the list.
    rules.collect::<Vec<_>>().into_iter().collect()
}

fn rule<'t>(
    reader: &mut Reader<'t>,
    section: &Section<'_, 't>,
    kind: Kind,
    severity: [u32; 3],
) -> Option<KindRule> {
    let own = parts(reader, section);
    let mut base = Rule::default();
    base.replace(&own);
    check_limits(reader, kind, section, &own, &base);
    let mutual = section.has("mutual");
    let mutual = mutual.then(|| reader.share(section, "mutual", 1000));
    let memory = section.has("memory");
    let memory = memory.then(|| reader.word(section, "memory", &MEMORY_WORDS));
    let counts = severity::counts(reader, section, kind);
    Some(KindRule {
        variants: variants::variants(reader, section, kind, &base),
        base,
        severity: severity::of_kind(reader, section, kind, severity),
        counts,
        memory: memory.unwrap_or(Some(MEMORY))?,
        mutual: mutual.unwrap_or(Some(0))?,
        contact: reader.flag(section, "contact"),
        signal: reader.flag(section, "signal"),
    })
}

/// Reads the weights of machine-coded rows.
pub(super) fn coded<'t>(
    reader: &mut Reader<'t>,
    root: &Section<'_, 't>,
) -> Option<Vec<[Weight; 6]>> {
    let parent = reader.table(root, "coded", PLOVER)?;
    let rules = PLOVER.iter().map(|event| {
        let section = reader.table(&parent, event, &Weighed::ALL.map(Weighed::as_str))?;
        Some(weights(reader, &section).map(Option::unwrap_or_default))
    });
    rules.collect::<Vec<_>>().into_iter().collect()
}

/// Returns the keys that the base and the variants of a kind have alike.
fn part_keys() -> Vec<&'static str> {
    let dimensions = Weighed::ALL.map(Weighed::as_str).into_iter();
    dimensions.chain(LIMITS).chain([DAYS]).collect()
}

/// Reports days that do not fit the class of the kind, and floors above ceilings. `rule` is what
/// holds with the parts of the section, which are `own`.
fn check_limits<'t>(
    reader: &mut Reader<'t>,
    kind: Kind,
    section: &Section<'_, 't>,
    own: &Override,
    rule: &Rule,
) {
    let mut named = Rule::default();
    named.replace(own);
    if kind.class() == DurationClass::Standing {
        if section.has(DAYS) {
            let problem = "the limits of this kind hold while its entry stands; it takes no days";
            reader.report(&section.at(DAYS), problem);
        }
    } else if named.limits() && rule.days == 0 && !section.has(DAYS) {
        let problem = "this number is missing: the days for which the limits hold";
        reader.report(&section.at(DAYS), problem);
    }
    check_order(reader, section, own, rule);
}
