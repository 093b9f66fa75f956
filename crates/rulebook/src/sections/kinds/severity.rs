//! Severity: the factors of weights, and counts that tell it.

use detente_domain::details::{Field, Type, schema};
use detente_domain::kind::Kind;
use detente_domain::rulebook::Counts;

use crate::reader::{Reader, Section};
use crate::sections::all;

/// The words of [`detente_domain::details::SEVERITIES`].
const WORDS: [&str; 3] = ["minor", "serious", "major"];
/// The largest factor, in thousandths.
const FACTOR_MAX: u32 = 10_000;
/// The largest count from which an act can be serious or major.
const COUNT_MAX: i64 = 100_000_000;

/// Reads the factors of kinds that name none.
pub(in crate::sections) fn factors<'t>(
    reader: &mut Reader<'t>,
    root: &Section<'_, 't>,
) -> Option<[u32; 3]> {
    let section = reader.table(root, "severity", &WORDS)?;
    let factors = all(WORDS.map(|word| factor(reader, &section, word)))?;
    check_order(reader, &section, factors);
    Some(factors)
}

/// Reads the factors that a kind names; the others are those of all kinds.
pub(super) fn of_kind<'t>(
    reader: &mut Reader<'t>,
    section: &Section<'_, 't>,
    kind: Kind,
    mut factors: [u32; 3],
) -> [u32; 3] {
    let takes = schema(kind).takes.contains(&Field::Severity) || section.has("counts");
    if section.has("severity") && !takes {
        let problem = format!("{kind} has no detail severity, and counts none");
        reader.report_key(section, "severity", problem);
        return factors;
    }
    let Some(section) = reader.optional_table(section, "severity", &WORDS) else {
        return factors;
    };
    for (word, value) in WORDS.into_iter().zip(&mut factors) {
        if section.has(word) {
            *value = factor(reader, &section, word).unwrap_or(*value);
        }
    }
    check_order(reader, &section, factors);
    factors
}

fn factor<'t>(reader: &mut Reader<'t>, section: &Section<'_, 't>, word: &str) -> Option<u32> {
    let factor = reader.non_negative::<u32>(section, word)?;
    if factor > FACTOR_MAX {
        let most = FACTOR_MAX / 1000;
        reader.report(&section.at(word), format!("a factor is at most {most}"));
    }
    Some(factor)
}

/// Reports a factor that is below that of a lesser severity.
fn check_order<'t>(reader: &mut Reader<'t>, section: &Section<'_, 't>, factors: [u32; 3]) {
    for (pair, words) in factors.windows(2).zip(WORDS.windows(2)) {
        if pair[0] > pair[1] {
            let (lesser, greater) = (words[0], words[1]);
            let at = if section.has(greater) {
                greater
            } else {
                lesser
            };
            let problem = format!("the factor of {lesser} is above that of {greater}");
            reader.report(&section.at(at), problem);
        }
    }
}

/// Reads how a count tells the severity of an act.
pub(super) fn counts<'t>(
    reader: &mut Reader<'t>,
    section: &Section<'_, 't>,
    kind: Kind,
) -> Option<Counts> {
    let schema = schema(kind);
    let own = schema.needs.iter().chain(schema.takes);
    let fields = own.filter(|field| field.ty() == Type::Count);
    let fields: Vec<Field> = fields.copied().collect();
    if fields.is_empty() && section.has("counts") {
        let problem = format!("{kind} has no detail that is a number");
        reader.report_key(section, "counts", problem);
        return None;
    }
    let names: Vec<&str> = fields.iter().map(|field| field.as_str()).collect();
    let table = reader.optional_table(section, "counts", &names)?;
    let mut named = fields.into_iter().filter(|field| table.has(field.as_str()));
    let (first, second) = (named.next(), named.next());
    if let Some(second) = second {
        reader.report(&table.at(second.as_str()), "only one detail can tell it");
    }
    let Some(field) = first else {
        if table.keys().is_empty() {
            let problem = format!("one detail is needed here: {}", names.join(" or "));
            reader.report(&section.at("counts"), problem);
        }
        return None;
    };
    let table = reader.table(&table, field.as_str(), &WORDS[1..])?;
    let [serious, major] =
        ["serious", "major"].map(|word| reader.whole(&table, word, 0..=COUNT_MAX));
    let (serious, major) = (serious?, major?);
    if serious > major {
        let problem = format!("the count of major is below that of serious, {serious}");
        reader.report(&table.at("major"), problem);
    }
    Some(Counts {
        field,
        serious: u64::try_from(serious).ok()?,
        major: u64::try_from(major).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::WORDS;
    use detente_domain::details::SEVERITIES;

    #[test]
    fn the_words_are_those_of_the_domain() {
        assert_eq!(WORDS.as_slice(), SEVERITIES);
    }
}
