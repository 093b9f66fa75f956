//! A country as Markdown.

use detente_api::view::{CountryRelation, CountryView, DisputeView, Levels};

use super::format::{disputes, escape, name, number};

/// Returns the relations of a country as a page.
pub(crate) fn country(view: &CountryView) -> String {
    let mut page = format!("# {}\n\n", escape(&view.names.en));
    page.push_str(&format!(
        "{} · {}\n\n",
        escape(&view.names.ar),
        escape(&view.names.ru)
    ));
    page.push_str(&format!(
        "As of {}, by what was known at position {}, under the rulebook of projection {}. \
         Governed by: {}.\n",
        view.at,
        view.known_at,
        view.projection,
        name(&view.governed_by)
    ));
    if view.relations.is_empty() {
        page.push_str("\nNo relation is known.\n");
        return page;
    }
    let outgoing = |relation: &CountryRelation| relation.outgoing.clone();
    let incoming = |relation: &CountryRelation| relation.incoming.clone();
    let code = &view.country;
    let title = format!("How {} stands towards others", escape(&view.names.en));
    table(&mut page, view, &title, outgoing, |with| {
        (code.to_string(), with)
    });
    let title = format!("How others stand towards {}", escape(&view.names.en));
    table(&mut page, view, &title, incoming, |with| {
        (with, code.to_string())
    });
    let disputed = view.relations.iter().flat_map(|one| one.disputes.clone());
    let disputed: Vec<DisputeView> = disputed.collect();
    disputes(&mut page, &disputed);
    page
}

fn table(
    page: &mut String,
    view: &CountryView,
    title: &str,
    levels: impl Fn(&CountryRelation) -> Levels,
    ends: impl Fn(String) -> (String, String),
) {
    page.push_str(&format!("\n## {title}\n\n"));
    page.push_str(
        "| With | Posture | Index | Trajectory | Recognition | Representation | Political | \
         Security | Economic | Humanitarian | Societal | Threat |\n",
    );
    page.push_str("|---|---|---:|---|---|---|---|---|---|---|---|---|\n");
    for relation in &view.relations {
        let held = levels(relation);
        let (from, to) = ends(relation.with.to_string());
        let disputed = if held.disputed { " (disputed)" } else { "" };
        let words = [
            held.trajectory.as_str(),
            held.recognition.as_str(),
            held.representation.as_str(),
            held.political.as_str(),
            held.security.as_str(),
            held.economic.as_str(),
            held.humanitarian.as_str(),
            held.societal.as_str(),
            held.threat.as_str(),
        ];
        page.push_str(&format!(
            "| [{}](/v1/relations/{from}/{to}?format=markdown&at={}&known_at={}) \
             | {}{disputed} | {} | {} |\n",
            escape(&relation.names.en),
            view.at,
            view.known_at,
            escape(held.posture.as_str()),
            number(held.index),
            words.map(escape).join(" | "),
        ));
    }
}
