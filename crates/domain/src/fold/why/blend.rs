//! The rationale of a posture.

use super::{Blend, BlendPart, Context};
use crate::dimension::{Dimension, Weighed};
use crate::fold::{crossings, evidence, posture};

pub(super) fn blend(context: Context<'_>) -> Blend {
    let (folded, rules) = (context.folded, context.rules);
    let (direction, at) = (context.direction, context.at);
    let sums = &folded.sums[direction.index()];
    let mut disputed = false;
    let part = |weighed: Weighed| {
        let own = &sums[weighed.index()];
        let known = posture::known(own, at);
        let timeline = folded.conduct(direction, Dimension::Weighed(weighed));
        let held = timeline.and_then(|timeline| timeline.held(at));
        let basis = evidence::basis(folded, direction, weighed, at, rules);
        disputed |= basis.disputed;
        BlendPart {
            weighed,
            weight: rules.posture[weighed.index()],
            level: held.map(|held| held.word),
            index: known.then(|| crossings::reading(own, weighed, rules, at).index),
            leading: basis.evidence.first().copied(),
        }
    };
    let parts = rules.blended().map(part).collect();
    let index = posture::blend(sums, rules, at);
    Blend {
        bounds: rules.levels.to_vec(),
        levels: crossings::level_words(Weighed::Political),
        before: context.before(Dimension::Posture),
        index,
        without_window: posture::without_window(sums, rules, at),
        window_days: rules.trajectory_days,
        step: rules.trajectory_step,
        trajectory: index.map(|index| posture::trajectory(sums, rules, at, index)),
        parts,
        disputed,
    }
}
