//! The sections about levels: `dimensions`, `levels`, `threat` and `trajectory`.

use detente_domain::decay::{Decay, HALF_LIFE_MAX};
use detente_domain::dimension::Weighed;
use detente_domain::level::Bound;
use detente_domain::rulebook::DimensionRule;

use super::all;
use crate::reader::{Reader, Section};

/// The longest window of a trajectory, in days: ten years.
const WINDOW_MAX: i64 = 3_653;

/// Reads the rules of the dimensions, and their weights in the posture.
pub(super) fn dimensions<'t>(
    reader: &mut Reader<'t>,
    root: &Section<'_, 't>,
) -> Option<([DimensionRule; 6], [u32; 6])> {
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
        let rule = DimensionRule {
            half_life_days,
            damping: damping?,
            decay: Decay::new(half_life_days),
        };
        Some((rule, posture?))
    });
    let read = all(read)?;
    let posture = read.each_ref().map(|(_, posture)| *posture);
    Some((read.map(|(rule, _)| rule), posture))
}

/// Reads the bounds between levels, and the sum that makes a dimension mixed. A value enters an
/// outer level at the bound, and leaves it only past the hysteresis.
pub(super) fn levels<'t>(
    reader: &mut Reader<'t>,
    root: &Section<'_, 't>,
) -> Option<([Bound; 4], i64)> {
    const LEVELS: [&str; 4] = ["hostile", "strained", "cooperative", "close"];
    let keys = [&LEVELS[..], &["hysteresis", "mixed"]].concat();
    let section = reader.table(root, "levels", &keys)?;
    let hysteresis = reader.non_negative(&section, "hysteresis");
    let mixed = reader.non_negative(&section, "mixed");
    let bounds = LEVELS.map(|key| reader.number(&section, key));
    let hysteresis = hysteresis?;
    let [hostile, strained, cooperative, close] = all(bounds)?;
    let [hostile, strained] = [hostile, strained].map(|at| Bound {
        at,
        margin_up: hysteresis,
        margin_down: 0,
    });
    let [cooperative, close] = [cooperative, close].map(|at| upper_bound(at, hysteresis));
    if strained.at >= 0 || cooperative.at <= 0 {
        reader.report(
            "levels",
            "strained must be below 0 and cooperative above it",
        );
    }
    Some(([hostile, strained, cooperative, close], mixed?))
}

pub(super) fn threat<'t>(reader: &mut Reader<'t>, root: &Section<'_, 't>) -> Option<[Bound; 3]> {
    const LEVELS: [&str; 3] = ["low", "elevated", "high"];
    let keys = [&LEVELS[..], &["hysteresis"]].concat();
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
