//! Posture: the dimensions with their weights.

use super::{Asked, Blend, Part};
use crate::dimension::{Dimension, Weighed};
use crate::fold::{evidence, posture, walk};
use crate::level::Level;

pub(super) fn blend(asked: Asked<'_>) -> Blend {
    let Asked {
        folded,
        rules,
        direction,
        at,
        ..
    } = asked;
    let sums = &folded.sums[direction.index()];
    let blended = Weighed::ALL
        .into_iter()
        .filter(|weighed| rules.posture[weighed.index()] > 0);
    let mut disputed = false;
    let part = |weighed: Weighed| {
        let sum = &sums[weighed.index()];
        let known = posture::known(sum, at);
        let timeline = folded.conduct(direction, Dimension::Weighed(weighed));
        let held = timeline.and_then(|timeline| timeline.held(at));
        let evidence = evidence::weights(folded, direction, weighed, at, rules);
        disputed |= evidence.disputed;
        Part {
            weighed,
            weight: rules.posture[weighed.index()],
            level: held.map(|held| held.word),
            index: known.then(|| walk::reading(sum, weighed, rules, at).index),
            above_all: evidence.evidence.first().copied(),
        }
    };
    let parts = blended.map(part).collect();
    Blend {
        bounds: rules.levels.to_vec(),
        levels: Level::ALL.iter().map(|level| level.as_str()).collect(),
        before: asked.before(Dimension::Posture),
        index: posture::blend(sums, rules, at),
        without_window: posture::without_window(sums, rules, at),
        window_days: rules.trajectory_days,
        step: rules.trajectory_step,
        trajectory: posture::trajectory(sums, rules, at),
        parts,
        disputed,
    }
}
