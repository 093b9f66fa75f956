//! The section `organisations`: acts of organisations, and limits between their members.

use detente_domain::party::{Party, PartyKind};
use detente_domain::rulebook::Rule;

use super::limits::{LIMITS, check_order, parts};
use crate::reader::{Reader, Section};

pub(super) struct Organisations {
    pub(super) via: u32,
    pub(super) limits: Vec<(Party, Rule)>,
}

pub(super) fn organisations<'t>(
    reader: &mut Reader<'t>,
    root: &Section<'_, 't>,
) -> Option<Organisations> {
    let section = reader.table(root, "organisations", &["via", "limits"])?;
    let via = reader.share(&section, "via", 1000);
    let limits = limits(reader, &section);
    Some(Organisations {
        via: via?,
        limits: limits?,
    })
}

/// Reads the limits by organisation, in the order of their codes.
fn limits<'t>(reader: &mut Reader<'t>, section: &Section<'_, 't>) -> Option<Vec<(Party, Rule)>> {
    if !section.has("limits") {
        return Some(Vec::new());
    }
    let parent = reader.any_table(section, "limits")?;
    let mut rules = Vec::new();
    for code in parent.keys() {
        let Some(organisation) = Party::find(code).filter(is_organisation) else {
            reader.report_key(&parent, code, not_one(code));
            continue;
        };
        // A ceiling in one direction and days have no meaning between members.
        let Some(section) = reader.table(&parent, code, &LIMITS[..2]) else {
            continue;
        };
        let own = parts(reader, &section);
        let mut rule = Rule::default();
        rule.replace(&own);
        check_order(reader, &section, &own, &rule);
        rules.push((organisation, rule));
    }
    rules.sort_by_key(|(organisation, _)| *organisation);
    Some(rules)
}

/// Describes a key that is not the code of an organisation.
fn not_one(given: &str) -> String {
    if let Some(party) = Party::find(given) {
        let kind = party.kind().as_str().replace('_', " ");
        return format!("{given} is not an organisation; its kind is {kind}");
    }
    let resolved = Party::resolve(given).into_iter();
    let mut near: Vec<Party> = resolved.filter(is_organisation).collect();
    if near.is_empty() {
        let similar = Party::suggest(given).into_iter();
        near = similar.filter(is_organisation).collect();
    }
    let problem = "this is not the code of an organisation of the registry";
    if near.is_empty() {
        return problem.to_owned();
    }
    let near: Vec<&str> = near.into_iter().map(Party::code).collect();
    format!("{problem}; similar: {}", near.join(", "))
}

fn is_organisation(party: &Party) -> bool {
    party.kind() == PartyKind::Organisation
}
