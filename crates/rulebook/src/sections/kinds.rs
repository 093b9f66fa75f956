//! The weights of events: `kinds` and `coded`.

use detente_domain::details::PLOVER;
use detente_domain::dimension::Weighed;
use detente_domain::kind::Kind;
use detente_domain::rulebook::{KindRule, WEIGHT_MAX, Weight};

use crate::reader::{Reader, Section};

const EXTRAS: [&str; 3] = ["mutual", "contact", "signal"];

pub(super) fn kinds<'t>(reader: &mut Reader<'t>, root: &Section<'_, 't>) -> Option<Vec<KindRule>> {
    let codes = Kind::ALL.map(Kind::as_str);
    let parent = reader.table(root, "kinds", &codes)?;
    let dimensions = Weighed::ALL.map(Weighed::as_str);
    let keys: Vec<&str> = dimensions.into_iter().chain(EXTRAS).collect();
    let rules = codes.iter().map(|code| {
        let section = reader.table(&parent, code, &keys)?;
        let mutual = if section.has("mutual") {
            reader.share(&section, "mutual", 1000)?
        } else {
            0
        };
        Some(KindRule {
            weights: weights(reader, &section),
            mutual,
            contact: reader.flag(&section, "contact"),
            signal: reader.flag(&section, "signal"),
        })
    });
    // All are read before a missing one ends the list.
    rules.collect::<Vec<_>>().into_iter().collect()
}

pub(super) fn coded<'t>(
    reader: &mut Reader<'t>,
    root: &Section<'_, 't>,
) -> Option<Vec<[Weight; 6]>> {
    let parent = reader.table(root, "coded", PLOVER)?;
    let rules = PLOVER.iter().map(|event| {
        let section = reader.table(&parent, event, &Weighed::ALL.map(Weighed::as_str))?;
        Some(weights(reader, &section))
    });
    rules.collect::<Vec<_>>().into_iter().collect()
}

/// Reads the weights by dimension: a number above 0 is warmth, one below 0 is strain.
fn weights<'t>(reader: &mut Reader<'t>, section: &Section<'_, 't>) -> [Weight; 6] {
    Weighed::ALL.map(|weighed| {
        let key = weighed.as_str();
        let number = if section.has(key) {
            reader.number(section, key).unwrap_or_default()
        } else {
            0
        };
        if number.unsigned_abs() > u64::from(WEIGHT_MAX) {
            let most = WEIGHT_MAX / 1000;
            reader.report(&section.at(key), format!("a weight is at most {most}"));
        }
        let Ok(size) = u32::try_from(number.unsigned_abs()) else {
            reader.report(&section.at(key), "this weight is too large");
            return Weight::default();
        };
        if weighed == Weighed::Threat && number > 0 {
            reader.report(&section.at(key), "threat has only strain; write it below 0");
        }
        let (warmth, strain) = if number < 0 { (0, size) } else { (size, 0) };
        Weight { warmth, strain }
    })
}
