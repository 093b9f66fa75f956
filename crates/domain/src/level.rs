//! The levels of each dimension, from the lowest, and the thresholds between them.

use crate::string_enum::string_enum;

string_enum! {
    /// A level of an index. Without any evidence it is unknown.
    Level {
        /// The lowest.
        Hostile "hostile",
        /// More strain than warmth.
        Strained "strained",
        /// Neither outweighs the other.
        Neutral "neutral",
        /// More warmth than strain.
        Cooperative "cooperative",
        /// The highest.
        Close "close",
    }
}

string_enum! {
    /// A level of threat.
    Threat {
        /// There is evidence, but it weighed little, or it has faded since a group ended.
        None "none",
        /// Low.
        Low "low",
        /// Elevated.
        Elevated "elevated",
        /// High.
        High "high",
    }
}

string_enum! {
    /// A rung of recognition.
    Recognition {
        /// No contact.
        None "none",
        /// Official contact without recognition.
        Dealings "dealings",
        /// Declared de facto.
        DeFacto "de_facto",
        /// Declared de jure.
        DeJure "de_jure",
    }
}

string_enum! {
    /// The latest explicit statement about recognition.
    Declared {
        /// Refuses to recognise.
        Refuses "refuses",
        /// States that its contacts are not recognition.
        Withholds "withholds",
        /// Recognises, de facto or de jure.
        Recognises "recognises",
    }
}

string_enum! {
    /// A rung of representation: the diplomatic rank that one state accepts from another.
    Representation {
        /// No diplomats.
        None "none",
        /// A special envoy, without a mission.
        SpecialEnvoy "special_envoy",
        /// An interests section under the flag of a third state.
        InterestsSection "interests_section",
        /// Diplomats of no known rank, or a liaison or representative office.
        Liaison "liaison",
        /// A consulate or consul.
        Consular "consular",
        /// An embassy without a known head, a minister, or a chargé d'affaires.
        Charge "charge",
        /// An ambassador.
        Ambassador "ambassador",
    }
}

string_enum! {
    /// What the evidence of the last days comes to, all dimensions pooled as in a posture.
    Trajectory {
        /// Strain outweighs warmth by at least the rulebook's step.
        Cooling "cooling",
        /// Neither does; also if there was no evidence.
        Steady "steady",
        /// Warmth outweighs strain by as much.
        Warming "warming",
    }
}

/// The threshold between two adjacent levels, with hysteresis, in thousandths.
///
/// From the lower level, the value must reach `at + margin_up` to rise; from the upper level, it
/// must fall below `at - margin_down`. The first value is compared with `at` itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The value from which the upper level holds.
    pub at: i64,
    /// Added to it when the value rises.
    pub margin_up: i64,
    /// Subtracted from it when the value falls.
    pub margin_down: i64,
}

/// Returns the level of a value, from 0 to `bounds.len()`, after the level `from`.
#[must_use]
pub fn judge(bounds: &[Bound], from: Option<usize>, value: i64) -> usize {
    bounds
        .iter()
        .enumerate()
        .filter(|(place, bound)| {
            let needed = match from {
                Some(from) if from <= *place => bound.at + bound.margin_up,
                Some(_) => bound.at - bound.margin_down,
                None => bound.at,
            };
            value >= needed
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: [Bound; 2] = [
        Bound {
            at: -2000,
            margin_up: 500,
            margin_down: 0,
        },
        Bound {
            at: 2000,
            margin_up: 0,
            margin_down: 500,
        },
    ];

    #[test]
    fn a_level_is_left_only_past_its_margin() {
        assert_eq!(judge(&BOUNDS, None, -2001), 0);
        assert_eq!(judge(&BOUNDS, None, -2000), 1);
        assert_eq!(judge(&BOUNDS, Some(0), -1600), 0);
        assert_eq!(judge(&BOUNDS, Some(0), -1500), 1);
        assert_eq!(judge(&BOUNDS, Some(1), 2000), 2);
        assert_eq!(judge(&BOUNDS, Some(2), 1500), 2);
        assert_eq!(judge(&BOUNDS, Some(2), 1499), 1);
        assert_eq!(judge(&BOUNDS, Some(0), 9000), 2);
    }
}
