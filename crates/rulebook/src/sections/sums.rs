//! The sections about sums of weights: `memory`, `dimensions` and `posture`.

use detente_domain::decay::{Decay, HALF_LIFE_MAX};
use detente_domain::dimension::Weighed;
use detente_domain::rulebook::{
    DimensionRule, MEMORIES, MEMORY_WORDS, Memory, PostureRule, WEIGHT_MAX,
};

use super::all;
use crate::reader::{Reader, Section};

/// The longest time without evidence after which a level is stale, in days: a century.
const STALE_MAX: i64 = 36_525;

/// Reads the half-lives of the classes of memory.
pub(super) fn memory<'t>(
    reader: &mut Reader<'t>,
    root: &Section<'_, 't>,
) -> Option<[Memory; MEMORIES]> {
    let section = reader.table(root, "memory", &MEMORY_WORDS)?;
    all(MEMORY_WORDS.map(|class| {
        let days = reader.whole(&section, class, 1..=i64::from(HALF_LIFE_MAX))?;
        let half_life_days = u32::try_from(days).ok()?;
        Some(Memory {
            half_life_days,
            decay: Decay::new(half_life_days),
        })
    }))
}

/// Reads the rules of the dimensions.
pub(super) fn dimensions<'t>(
    reader: &mut Reader<'t>,
    root: &Section<'_, 't>,
) -> Option<[DimensionRule; 6]> {
    let parent = reader.table(root, "dimensions", &Weighed::ALL.map(Weighed::as_str))?;
    all(Weighed::ALL.map(|weighed| {
        let section = reader.table(&parent, weighed.as_str(), &["damping", "stale_days"])?;
        let damping = reader.positive(&section, "damping");
        let days = reader.whole(&section, "stale_days", 1..=STALE_MAX);
        Some(DimensionRule {
            damping: damping?,
            stale_days: u32::try_from(days?).ok()?,
        })
    }))
}

/// Reads the rule of the posture.
pub(super) fn posture<'t>(reader: &mut Reader<'t>, root: &Section<'_, 't>) -> Option<PostureRule> {
    let section = reader.table(root, "posture", &["damping", "security_lead", "weights"])?;
    let damping = reader.positive(&section, "damping");
    let security_lead = reader.non_negative(&section, "security_lead");
    let dimensions = Weighed::ALL.map(Weighed::as_str);
    let weights = reader.table(&section, "weights", &dimensions);
    let weights = weights.and_then(|weights| {
        all(dimensions.map(|key| {
            let weight = reader.non_negative::<u32>(&weights, key)?;
            if weight > WEIGHT_MAX {
                let most = WEIGHT_MAX / 1000;
                reader.report(&weights.at(key), format!("a weight is at most {most}"));
            }
            Some(weight)
        }))
    });
    Some(PostureRule {
        weights: weights?,
        damping: damping?,
        security_lead: security_lead?,
    })
}
