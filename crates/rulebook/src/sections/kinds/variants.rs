//! Variants of a kind's rule, by the word of a detail.

use detente_domain::details::{Field, Type, schema};
use detente_domain::kind::Kind;
use detente_domain::rulebook::{Rule, Variant};

use super::{check_limits, part_keys};
use crate::reader::{Reader, Section};
use crate::sections::limits::parts;

/// Reads the variants, in the order of [`Field::ALL`] and of the words of each detail, whatever
/// their order in the file. Each is checked together with the base alone.
pub(super) fn variants<'t>(
    reader: &mut Reader<'t>,
    section: &Section<'_, 't>,
    kind: Kind,
    base: &Rule,
) -> Vec<Variant> {
    let choices = choices(kind, section.has("counts"));
    if choices.is_empty() && section.has("when") {
        let problem = format!("{kind} has no detail with a list of words");
        reader.report_key(section, "when", problem);
        return Vec::new();
    }
    let names: Vec<&str> = choices.iter().map(|(field, _)| field.as_str()).collect();
    let Some(when) = reader.optional_table(section, "when", &names) else {
        return Vec::new();
    };
    let keys = part_keys();
    let mut variants = Vec::new();
    for (field, words) in choices {
        let Some(table) = reader.optional_table(&when, field.as_str(), words) else {
            continue;
        };
        for word in words {
            let Some(section) = reader.optional_table(&table, word, &keys) else {
                continue;
            };
            let replaces = parts(reader, &section);
            let mut rule = *base;
            rule.replace(&replaces);
            check_limits(reader, kind, &section, &replaces, &rule);
            variants.push(Variant {
                field,
                word,
                replaces,
            });
        }
    }
    variants
}

/// Returns the details of a kind that have a list of words, with their words. The severity of an
/// act that is counted is one of them, even if no report names it.
fn choices(kind: Kind, is_counted: bool) -> Vec<(Field, &'static [&'static str])> {
    let schema = schema(kind);
    let takes = |field: &Field| schema.needs.contains(field) || schema.takes.contains(field);
    let counted = |field: &Field| is_counted && *field == Field::Severity;
    let fields = Field::ALL.into_iter();
    let fields = fields.filter(|field| takes(field) || counted(field));
    fields
        .filter_map(|field| match field.ty() {
            Type::Choice(words) => Some((field, words)),
            Type::Party(_) | Type::Text | Type::Count => None,
        })
        .collect()
}
