//! The rationale of a posture.

use super::{Blend, BlendPart, Context};
use crate::dimension::{Dimension, Weighed};
use crate::fold::{crossings, posture};

pub(super) fn blend(context: Context<'_>) -> Blend {
    let Context { conduct, at, .. } = context;
    let (sums, rules) = (conduct.sums(), conduct.rules);
    let mut disputed = false;
    let part = |weighed: Weighed| {
        let own = &sums[weighed.index()];
        let known = posture::known(own, at);
        let timeline = conduct.timeline(Dimension::Weighed(weighed));
        let held = timeline.and_then(|timeline| timeline.held(at));
        let basis = conduct.basis(weighed, at);
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
