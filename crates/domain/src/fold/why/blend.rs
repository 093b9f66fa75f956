//! The rationale of a posture.

use super::{Blend, BlendPart, Context};
use crate::dimension::{Dimension, Weighed};
use crate::fold::band::POSTURE;
use crate::fold::index;

pub(super) fn blend(context: Context<'_>) -> Blend {
    let Context { conduct, at, .. } = context;
    let (rules, pool) = (conduct.rules, conduct.pool());
    let mut disputed = false;
    let part = |weighed: Weighed| {
        let timeline = conduct.timeline(Dimension::Weighed(weighed));
        let held = timeline.and_then(|timeline| timeline.held(at));
        // Leads have no part in it.
        let known = conduct.sums()[weighed.index()].is_known(at);
        let basis = Some(conduct.basis(weighed, at)).filter(|_| known);
        let basis = basis.unwrap_or_default();
        disputed |= basis.disputed;
        let reading = pool.reading(weighed, at);
        BlendPart {
            weighed,
            weight: rules.posture.weights[weighed.index()],
            level: held.map(|held| held.word),
            warmth: reading.warmth,
            strain: reading.strain,
            leading: basis.evidence.first().copied(),
        }
    };
    let parts = rules.pooled().map(part).collect();
    let pooled = pool.on(at);
    Blend {
        bounds: rules.levels.to_vec(),
        levels: index::level_words(Weighed::Political),
        before: context.before(Dimension::Posture),
        damping: rules.posture.damping,
        reading: pooled.map(|pooled| pooled.reading),
        security: pooled.and_then(|pooled| pooled.security),
        band: pool.bands[POSTURE].at(at),
        index: pooled.map(|pooled| pool.limit(at, pooled)),
        kept: pooled.and_then(|pooled| context.kept(Dimension::Posture, pooled.reading.index)),
        balance: pool.balance(at),
        window_days: rules.trajectory_days,
        step: rules.trajectory_step,
        trajectory: pooled.map(|_| pool.trajectory(at)),
        parts,
        disputed,
    }
}
