//! What is allowed in a section of a rulebook, and what depends on it.

/// What a section takes, and why it matters.
pub(super) struct Why {
    pub(super) allowed: &'static str,
    pub(super) why: &'static str,
}

const TABLE: [(&str, Why); 14] = [
    (
        "version",
        Why {
            allowed: "a text in quotes that is not empty",
            why: "answers and comparisons name the rulebook by it",
        },
    ),
    (
        "grades.ladder",
        Why {
            allowed: "a letter A to F and a digit 1 to 6, such as \"C3\"",
            why: "recognition, representation and the registers move only on reports this good",
        },
    ),
    (
        "grades.disputed",
        Why {
            allowed: "0 to 1, at most three decimals",
            why: "it is what is left of the weight of an event that somebody denies",
        },
    ),
    (
        "grades",
        Why {
            allowed: "0 to 1 for each letter A to F and each digit 1 to 6",
            why: "a report weighs its source times its information, in every dimension",
        },
    ),
    (
        "corroboration",
        Why {
            allowed: "counts a grade such as \"C3\", steps numbers of publishers that ascend from 2 \
                      on, ceiling a digit 1 to 6 for each letter A to F",
            why: "independent publishers raise the grade that an event counts with",
        },
    ),
    (
        "authority",
        Why {
            allowed: "0 to 1, at most three decimals",
            why: "it is what a new authority inherits of what was felt towards the old one",
        },
    ),
    (
        "machine",
        Why {
            allowed: "0 to 0.9, at most three decimals",
            why: "it keeps machine-coded rows, which are many, from deciding a level",
        },
    ),
    (
        "dimensions",
        Why {
            allowed: "half_life_days a whole number from 1 to 36525, damping over 0, posture 0 to \
                      100 and not 0 for all",
            why: "they say how fast evidence fades, how much of it makes an index sure, and its \
                  part in the posture",
        },
    ),
    (
        "levels",
        Why {
            allowed: "hostile, strained, cooperative and close in ascending order, the first two \
                      below 0, further apart than the hysteresis",
            why: "they are where one level of an index ends and the next begins",
        },
    ),
    (
        "threat",
        Why {
            allowed: "low, elevated and high in ascending order from 0, further apart than the \
                      hysteresis",
            why: "they are where one level of threat ends and the next begins",
        },
    ),
    (
        "trajectory",
        Why {
            allowed: "days a whole number from 1 to 3653, step from 0",
            why: "they say what counts as warming and cooling",
        },
    ),
    (
        "kinds",
        Why {
            allowed: "for each kind: dimensions from -100 to 100 (threat at most 0), mutual 0 to \
                      1, contact and signal true or false",
            why: "it is what an event of the kind adds to warmth or strain",
        },
    ),
    (
        "coded",
        Why {
            allowed: "for each PLOVER event: dimensions from -100 to 100 (threat at most 0)",
            why: "it is what a machine-coded row adds to warmth or strain",
        },
    ),
    (
        "",
        Why {
            allowed: "TOML in UTF-8, as `detente rulebook show` prints it",
            why: "nothing after a line that cannot be read is certain",
        },
    ),
];

/// The reason of a path: that of the longest row that it begins with.
pub(super) fn why(at: &str) -> Option<&'static Why> {
    let is_of = |row: &str| {
        let rest = at.strip_prefix(row);
        if row.is_empty() {
            return at.is_empty();
        }
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let found = TABLE.iter().find(|(row, _)| is_of(row));
    found.map(|(_, why)| why)
}
