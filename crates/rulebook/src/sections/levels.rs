//! The sections about levels: `dimensions`, `levels`, `threat` and `trajectory`.

use detente_domain::decay::{Decay, HALF_LIFE_MAX};
use detente_domain::dimension::Weighed;
use detente_domain::level::Bound;
use detente_domain::rulebook::DimensionRule;

use super::all;
use crate::reader::{Reader, Section};

/// The longest window of a trajectory, in days: ten years.
const WINDOW_MAX: i64 = 3_653;

pub(super) struct Dimensions {
    pub(super) rules: [DimensionRule; 6],
    pub(super) posture: [u32; 6],
}

pub(super) struct Levels {
    pub(super) bounds: [Bound; 4],
    pub(super) mixed: i64,
}

pub(super) fn dimensions<'t>(
    reader: &mut Reader<'t>,
    root: &Section<'_, 't>,
) -> Option<Dimensions> {
    let parent = reader.table(root, "dimensions", &Weighed::ALL.map(Weighed::as_str))?;
    let read = Weighed::ALL.map(|weighed| {
        let keys = ["half_life_days", "damping", "posture"];
        let section = reader.table(&parent, weighed.as_str(), &keys)?;
        let days = reader.whole(&section, "half_life_days", 1..=i64::from(HALF_LIFE_MAX));
        let damping = reader.non_negative(&section, "damping");
        if damping == Some(0) {
            reader.report(&section.at("damping"), "this must be greater than 0");
        }
        let posture = reader.non_negative(&section, "posture");
        let half_life_days = u32::try_from(days?).ok()?;
        let decay = Decay::new(half_life_days);
        Some((
            DimensionRule {
                half_life_days,
                damping: damping?,
                decay,
            },
            posture?,
        ))
    });
    let read = all(read)?;
    let posture = read.each_ref().map(|(_, posture)| *posture);
    Some(Dimensions {
        rules: read.map(|(rule, _)| rule),
        posture,
    })
}

/// Reads the levels. A value enters an outer level at the bound, and leaves it only past the
/// hysteresis.
pub(super) fn levels<'t>(reader: &mut Reader<'t>, root: &Section<'_, 't>) -> Option<Levels> {
    const BELOW: [&str; 2] = ["hostile", "strained"];
    const ABOVE: [&str; 2] = ["cooperative", "close"];
    let keys = [
        BELOW[0],
        BELOW[1],
        ABOVE[0],
        ABOVE[1],
        "hysteresis",
        "mixed",
    ];
    let section = reader.table(root, "levels", &keys)?;
    let hysteresis = reader.non_negative(&section, "hysteresis");
    let mixed = reader.non_negative(&section, "mixed");
    let below = BELOW.map(|key| reader.number(&section, key));
    let above = ABOVE.map(|key| reader.number(&section, key));
    let hysteresis = hysteresis?;
    let [hostile, strained] = all(below)?.map(|at| Bound {
        at,
        margin_up: hysteresis,
        margin_down: 0,
    });
    let [cooperative, close] = all(above)?.map(|at| upper_bound(at, hysteresis));
    if strained.at >= 0 || cooperative.at <= 0 {
        reader.report(
            "levels",
            "strained must be below 0 and cooperative above it",
        );
    }
    Some(Levels {
        bounds: [hostile, strained, cooperative, close],
        mixed: mixed?,
    })
}

pub(super) fn threat<'t>(reader: &mut Reader<'t>, root: &Section<'_, 't>) -> Option<[Bound; 3]> {
    const LEVELS: [&str; 3] = ["low", "elevated", "high"];
    let keys = [LEVELS[0], LEVELS[1], LEVELS[2], "hysteresis"];
    let section = reader.table(root, "threat", &keys)?;
    let hysteresis = reader.non_negative(&section, "hysteresis");
    let bounds = LEVELS.map(|key| reader.non_negative(&section, key));
    let hysteresis = hysteresis?;
    Some(all(bounds)?.map(|at| upper_bound(at, hysteresis)))
}

pub(super) fn trajectory<'t>(
    reader: &mut Reader<'t>,
    root: &Section<'_, 't>,
) -> Option<(u16, i64)> {
    let section = reader.table(root, "trajectory", &["days", "step"])?;
    let days = reader.whole(&section, "days", 1..=WINDOW_MAX);
    let step = reader.non_negative(&section, "step");
    Some((u16::try_from(days?).ok()?, step?))
}

const fn upper_bound(at: i64, hysteresis: i64) -> Bound {
    Bound {
        at,
        margin_up: 0,
        margin_down: hysteresis,
    }
}
