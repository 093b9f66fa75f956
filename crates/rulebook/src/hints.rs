//! Hints for the sections of a rulebook: the allowed values, and what depends on them.

use crate::reader::is_within;

/// Sections, with the allowed values and the reason; longer paths come before shorter ones.
const HINTS: [(&str, &str, &str); 14] = [
    (
        "version",
        "a text in quotes that is not empty",
        "answers and comparisons name the rulebook by it",
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
        "half_life_days a whole number from 1 to 36525, damping over 0, posture 0 to 100 and not \
         0 for all",
        "they say how fast evidence fades, how much of it makes an index sure, and its part in \
         the posture",
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
        "kinds",
        "for each kind: dimensions from -100 to 100 (threat at most 0), mutual 0 to 1, contact \
         and signal true or false",
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

/// Returns the allowed values of a path and what depends on them: those of the longest section that
/// it is in.
pub(crate) fn hint(at: &str) -> Option<(&'static str, &'static str)> {
    let applies = |section: &str| match section {
        "" => at.is_empty(),
        section => is_within(at, section),
    };
    let hint = HINTS.iter().find(|(section, ..)| applies(section));
    hint.map(|(_, allowed, why)| (*allowed, *why))
}
