//! The parts of a rule that the base and the variants of a kind have alike: weights by dimension,
//! limits of levels, and the days for which they hold.

use detente_domain::dimension::Weighed;
use detente_domain::level::Level;
use detente_domain::rulebook::{ENDLESS, Limits, Override, Rule, WEIGHT_MAX, Weight};

use crate::reader::{Reader, Section};

/// The keys of limits.
pub(super) const LIMITS: [&str; 3] = ["ceiling", "floor", "ceiling_back"];
/// The key of the days for which limits hold.
pub(super) const DAYS: &str = "days";
/// The levels that can be limited, in the order of [`Limits`]; threat cannot.
const LIMITED: [Option<&str>; 7] = [
    Some("political"),
    Some("security"),
    Some("economic"),
    Some("humanitarian"),
    Some("societal"),
    None,
    Some("posture"),
];

/// Reads the weights, limits and days that a section names. Its keys are checked already.
pub(super) fn parts<'t>(reader: &mut Reader<'t>, section: &Section<'_, 't>) -> Override {
    let [ceiling, floor, ceiling_back] = LIMITS.map(|key| limits(reader, section, key));
    let days = section.has(DAYS).then(|| {
        let days = reader.whole(section, DAYS, 0..=i64::from(ENDLESS))?;
        u32::try_from(days).ok()
    });
    Override {
        weights: weights(reader, section),
        ceiling,
        floor,
        ceiling_back,
        days: days.flatten(),
    }
}

/// Reads the weights by dimension: a number above 0 is warmth, one below 0 is strain.
pub(super) fn weights<'t>(
    reader: &mut Reader<'t>,
    section: &Section<'_, 't>,
) -> [Option<Weight>; 6] {
    Weighed::ALL.map(|weighed| {
        let key = weighed.as_str();
        let named = section.has(key).then(|| weight(reader, section, weighed));
        named.flatten()
    })
}

fn weight<'t>(
    reader: &mut Reader<'t>,
    section: &Section<'_, 't>,
    weighed: Weighed,
) -> Option<Weight> {
    let key = weighed.as_str();
    let number = reader.number(section, key)?;
    let size = u32::try_from(number.unsigned_abs()).ok();
    let Some(size) = size.filter(|size| *size <= WEIGHT_MAX) else {
        let most = WEIGHT_MAX / 1000;
        reader.report(&section.at(key), format!("a weight is at most {most}"));
        return None;
    };
    if weighed == Weighed::Threat && number > 0 {
        reader.report(&section.at(key), "threat has only strain; write it below 0");
    }
    let (warmth, strain) = if number < 0 { (0, size) } else { (size, 0) };
    Some(Weight { warmth, strain })
}

/// Reads an optional table of levels.
fn limits<'t>(reader: &mut Reader<'t>, section: &Section<'_, 't>, key: &str) -> Limits {
    let allowed: Vec<&str> = LIMITED.into_iter().flatten().collect();
    let Some(table) = reader.optional_table(section, key, &allowed) else {
        return Limits::default();
    };
    let levels = Level::ALL.map(Level::as_str);
    LIMITED.map(|limited| {
        let limited = limited.filter(|limited| table.has(limited))?;
        let place = reader.word(&table, limited, &levels)?;
        Level::ALL.get(place).copied()
    })
}

/// Reports the floors above the ceiling of the same rule, where the section names one of both.
/// `rule` is what holds with the parts of the section.
pub(super) fn check_order<'t>(
    reader: &mut Reader<'t>,
    section: &Section<'_, 't>,
    own: &Override,
    rule: &Rule,
) {
    for (place, limited) in LIMITED.iter().enumerate() {
        let Some(limited) = limited else { continue };
        let key = match (own.floor[place], own.ceiling[place]) {
            (Some(_), _) => "floor",
            (None, Some(_)) => "ceiling",
            (None, None) => continue,
        };
        if let (Some(floor), Some(ceiling)) = (rule.floor[place], rule.ceiling[place])
            && floor > ceiling
        {
            let problem = format!("the floor is {floor}, above the ceiling of the rule, {ceiling}");
            reader.report(&format!("{}.{limited}", section.at(key)), problem);
        }
    }
}
