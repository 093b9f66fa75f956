//! Levels: the words that a dimension takes, in order, and how an index is judged.

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// All, from the lowest.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    };
}

words! {
    /// Level of an index. `unknown` is not a level: it is the absence of any evidence ever.
    Level {
        /// The lowest.
        Hostile "hostile",
        /// Strain prevails.
        Strained "strained",
        /// Neither prevails.
        Neutral "neutral",
        /// Warmth prevails.
        Cooperative "cooperative",
        /// The highest.
        Close "close",
    }
}

words! {
    /// Level of threat.
    Threat {
        /// There is evidence, and it has faded or never weighed much.
        None "none",
        /// Low.
        Low "low",
        /// Elevated.
        Elevated "elevated",
        /// High.
        High "high",
    }
}

words! {
    /// Rungs of recognition.
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

words! {
    /// The latest explicit statement about recognition.
    Declared {
        /// Refuses to recognise.
        Refuses "refuses",
        /// Says that what it does is not recognition.
        Withholds "withholds",
        /// Recognises, de facto or de jure.
        Recognises "recognises",
    }
}

words! {
    /// Rungs of representation: the rank that one state accepts from another.
    Representation {
        /// Nobody.
        None "none",
        /// Diplomats of no known rank, or a liaison office.
        Liaison "liaison",
        /// A consulate or consul.
        Consular "consular",
        /// An embassy without a known head, a minister, or a chargé d'affaires.
        Charge "charge",
        /// An ambassador.
        Ambassador "ambassador",
    }
}

words! {
    /// What the evidence of the last window did to a posture.
    Trajectory {
        /// It fell.
        Cooling "cooling",
        /// It did not move; silence is steady.
        Steady "steady",
        /// It rose.
        Warming "warming",
    }
}

/// Bounds between adjacent levels, with hysteresis.
///
/// With the lower level prevailing, the value must reach `bound + margin_up` to leave it; with
/// the upper prevailing, it must fall below `bound - margin_down`. A first judgement uses the
/// bare bound. All in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The value at which the upper level begins.
    pub at: i64,
    /// What more is needed to rise over it.
    pub margin_up: i64,
    /// What less is needed to fall below it.
    pub margin_down: i64,
}

/// The place among `bounds.len() + 1` levels that `value` has, coming from place `from`.
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
