//! Hints for the sections of a rulebook: the allowed values, and what depends on them.

use crate::reader::is_within;

/// Sections, with the allowed values and the reason; longer paths come before shorter ones.
const HINTS: [(&str, &str, &str); 21] = [
    (
        "version",
        "a text in quotes that is not empty",
        "answers and comparisons name the rulebook by it",
    ),
    (
        "memory",
        "for each of words, acts and force a whole number of days from 1 to 36525",
        "evidence loses half of its weight in so many days; each kind is of one class",
    ),
    (
        "grades.ladder",
        "a letter A to F and a digit 1 to 6, such as \"C3\"",
        "recognition, representation and the registers move only on reports this good",
    ),
    (
        "grades.disputed",
        "0 to 1, at most three decimals",
        "it is the part of an event's weight that is left when it is denied",
    ),
    (
        "grades.accused",
        "0 to 1, at most three decimals",
        "it is the part of a denial that counts if it comes from the accused",
    ),
    (
        "grades",
        "0 to 1 for each letter A to F and each digit 1 to 6",
        "a report weighs its source times its information, in every dimension",
    ),
    (
        "corroboration",
        "counts a grade such as \"C3\", steps numbers of publishers that ascend from 2 on, \
         ceiling a digit 1 to 6 for each letter A to F",
        "independent publishers raise the grade that an event counts with",
    ),
    (
        "authority",
        "0 to 1, at most three decimals",
        "it is the part of the old authority's warmth and strain that a new one inherits",
    ),
    (
        "machine",
        "0 to 0.9, at most three decimals",
        "it keeps machine-coded rows, which are many, from deciding a level",
    ),
    (
        "dimensions",
        "damping over 0, stale_days a whole number from 1 to 36525",
        "they say how much evidence makes an index sure, and after how many days without any its \
         level is stale",
    ),
    (
        "posture",
        "damping over 0, security_lead from 0, weights 0 to 100 for each dimension and not 0 for \
         all",
        "they say what each dimension adds to the posture, and how far it may be above security",
    ),
    (
        "floors",
        "breaks_at from 0, at most three decimals",
        "it is the strain of a dimension from which a floor no longer holds",
    ),
    (
        "levels",
        "hostile, strained, cooperative and close in ascending order, the first two below 0, \
         further apart than the hysteresis",
        "they are where one level of an index ends and the next begins",
    ),
    (
        "threat",
        "low, elevated and high in ascending order from 0, further apart than the hysteresis",
        "they are where one level of threat ends and the next begins",
    ),
    (
        "trajectory",
        "days a whole number from 1 to 3653, step from 0",
        "they say what counts as warming and cooling",
    ),
    (
        "severity",
        "minor, serious and major from 0 to 10, none below the one before",
        FACTORS_WHY,
    ),
    (
        "organisations.limits",
        "for an organisation's code: ceiling and floor, each with a level by dimension",
        "they limit levels between its members",
    ),
    (
        "organisations",
        "0 to 1, at most three decimals",
        "it is the part of an organisation's act that counts for each of its members",
    ),
    (
        "kinds",
        "for each kind: dimensions from -100 to 100 (threat at most 0), mutual 0 to 1, contact \
         and signal true or false, memory, severity, counts, limits, days, when",
        "it is what an event of the kind adds to warmth or strain",
    ),
    (
        "coded",
        "for each PLOVER event: dimensions from -100 to 100 (threat at most 0)",
        "it is what a machine-coded row adds to warmth or strain",
    ),
    (
        "",
        "TOML in UTF-8, as `detente rulebook show` prints it",
        "nothing after a line that cannot be read is certain",
    ),
];

const FACTORS_WHY: &str = "the weights of an act are multiplied by the factor of its severity";
const LEVELS: &str = "for each dimension but threat, and for posture: hostile, strained, neutral, \
                      cooperative or close";

/// Keys of a kind, with the allowed values and the reason.
const KIND_HINTS: [(&str, &str, &str); 8] = [
    (
        "memory",
        "words, acts or force",
        "it is the class of memory, which has the half-life of the kind's evidence",
    ),
    (
        "severity",
        "minor, serious and major from 0 to 10, none below the one before; those not named are \
         as in [severity]",
        FACTORS_WHY,
    ),
    (
        "counts",
        "one detail with the whole numbers serious and major, the latter not below the former",
        "an act that names no severity has the one that its count tells",
    ),
    (
        "ceiling",
        LEVELS,
        "no level is above it while the entry stands, or for the days after the event",
    ),
    (
        "floor",
        LEVELS,
        "no level is below it while the entry stands, or for the days after the event",
    ),
    (
        "ceiling_back",
        LEVELS,
        "it is a ceiling of the levels in the direction opposite to the act",
    ),
    (
        "days",
        "a whole number from 0 to 36525 (until revoked); none for a kind whose entry stands",
        "the limits of a kind without an entry hold for so many days",
    ),
    (
        "when",
        "a detail of the kind with a list of words, one of its words, and in it the weights, \
         limits and days that it replaces",
        "the rule of an event depends on its details",
    ),
];

/// Returns the allowed values of a path and what depends on them: those of the longest section that
/// it is in.
pub(crate) fn hint(at: &str) -> Option<(&'static str, &'static str)> {
    if let Some(key) = key_of_kind(at)
        && let Some((_, allowed, why)) = KIND_HINTS.iter().find(|(named, ..)| *named == key)
    {
        return Some((allowed, why));
    }
    let applies = |section: &str| match section {
        "" => at.is_empty(),
        section => is_within(at, section),
    };
    let hint = HINTS.iter().find(|(section, ..)| applies(section));
    hint.map(|(_, allowed, why)| (*allowed, *why))
}

/// Returns the key of a kind that a path is within; for a key of a variant, that key.
fn key_of_kind(at: &str) -> Option<&str> {
    let kind = at.strip_prefix("kinds.\"")?;
    let (_, keys) = kind.split_once("\".")?;
    let keys: Vec<&str> = keys.split('.').collect();
    match *keys.as_slice() {
        ["when", _, _, key, ..] | [key, ..] => Some(key),
        [] => None,
    }
}
