//! Hints for the sections of a rulebook: the allowed values, and what depends on them.

/// The hint for a section.
#[derive(Debug)]
pub(crate) struct Hint {
    pub(crate) allowed: &'static str,
    pub(crate) why: &'static str,
}

/// By the beginning of a path; longer ones come before shorter ones.
const HINTS: [(&str, Hint); 14] = [
    hint_for(
        "version",
        "a text in quotes that is not empty",
        "answers and comparisons name the rulebook by it",
    ),
    hint_for(
        "grades.ladder",
        "a letter A to F and a digit 1 to 6, such as \"C3\"",
        "recognition, representation and the registers move only on reports this good",
    ),
    hint_for(
        "grades.disputed",
        "0 to 1, at most three decimals",
        "it is the part of an event's weight that is left when it is denied",
    ),
    hint_for(
        "grades",
        "0 to 1 for each letter A to F and each digit 1 to 6",
        "a report weighs its source times its information, in every dimension",
    ),
    hint_for(
        "corroboration",
        "counts a grade such as \"C3\", steps numbers of publishers that ascend from 2 on, \
         ceiling a digit 1 to 6 for each letter A to F",
        "independent publishers raise the grade that an event counts with",
    ),
    hint_for(
        "authority",
        "0 to 1, at most three decimals",
        "it is the part of the old authority's warmth and strain that a new one inherits",
    ),
    hint_for(
        "machine",
        "0 to 0.9, at most three decimals",
        "it keeps machine-coded rows, which are many, from deciding a level",
    ),
    hint_for(
        "dimensions",
        "half_life_days a whole number from 1 to 36525, damping over 0, posture 0 to 100 and not \
         0 for all",
        "they say how fast evidence fades, how much of it makes an index sure, and its part in \
         the posture",
    ),
    hint_for(
        "levels",
        "hostile, strained, cooperative and close in ascending order, the first two below 0, \
         further apart than the hysteresis",
        "they are where one level of an index ends and the next begins",
    ),
    hint_for(
        "threat",
        "low, elevated and high in ascending order from 0, further apart than the hysteresis",
        "they are where one level of threat ends and the next begins",
    ),
    hint_for(
        "trajectory",
        "days a whole number from 1 to 3653, step from 0",
        "they say what counts as warming and cooling",
    ),
    hint_for(
        "kinds",
        "for each kind: dimensions from -100 to 100 (threat at most 0), mutual 0 to 1, contact \
         and signal true or false",
        "it is what an event of the kind adds to warmth or strain",
    ),
    hint_for(
        "coded",
        "for each PLOVER event: dimensions from -100 to 100 (threat at most 0)",
        "it is what a machine-coded row adds to warmth or strain",
    ),
    hint_for(
        "",
        "TOML in UTF-8, as `detente rulebook show` prints it",
        "nothing after a line that cannot be read is certain",
    ),
];

/// Returns the hint for a path: the one with the longest beginning of it.
pub(crate) fn hint(at: &str) -> Option<&'static Hint> {
    let applies = |section: &str| {
        let rest = at.strip_prefix(section);
        if section.is_empty() {
            return at.is_empty();
        }
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let found = HINTS.iter().find(|(section, _)| applies(section));
    found.map(|(_, hint)| hint)
}

const fn hint_for(
    section: &'static str,
    allowed: &'static str,
    why: &'static str,
) -> (&'static str, Hint) {
    (section, Hint { allowed, why })
}
