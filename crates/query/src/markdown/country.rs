//! The brief of a country.

use detente_api::view::{CountryRelation, CountryView, DisputeView, Levels};

use super::format::{disputes, name, number, plain};

/// How a country stands with every other, as a page.
pub(crate) fn country(view: &CountryView) -> String {
    let mut page = format!("# {}\n\n", plain(&view.names.en));
    page.push_str(&format!(
        "{} · {}\n\n",
        plain(&view.names.ar),
        plain(&view.names.ru)
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
    let title = format!("How {} stands towards others", plain(&view.names.en));
    table(&mut page, view, &title, outgoing, |with| {
        (code.to_string(), with)
    });
    let title = format!("How others stand towards {}", plain(&view.names.en));
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
        page.push_str(&format!(
            "| [{}](/v1/relations/{from}/{to}?format=markdown&at={}&known_at={}) \
             | {}{disputed} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
            plain(&relation.names.en),
            view.at,
            view.known_at,
            plain(&held.posture),
            number(held.index),
            plain(&held.trajectory),
            plain(&held.recognition),
            plain(&held.representation),
            plain(&held.political),
            plain(&held.security),
            plain(&held.economic),
            plain(&held.humanitarian),
            plain(&held.societal),
            plain(&held.threat),
        ));
    }
}
