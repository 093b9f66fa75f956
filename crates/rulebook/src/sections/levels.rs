//! The sections about levels: `levels`, `floors`, `threat` and `trajectory`.

use detente_domain::level::Bound;

use super::all;
use crate::reader::{Reader, Section};

/// The longest window of a trajectory, in days: ten years.
const WINDOW_MAX: i64 = 3_653;

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

/// Reads the strain from which a floor no longer holds.
pub(super) fn floors<'t>(reader: &mut Reader<'t>, root: &Section<'_, 't>) -> Option<i64> {
    let section = reader.table(root, "floors", &["breaks_at"])?;
    reader.non_negative(&section, "breaks_at")
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
