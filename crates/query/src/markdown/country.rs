//! A country as Markdown.

use detente_api::view::{CountryRelation, CountryView, Levels};

use super::Markdown;
use super::format::{disputes, escape, name, number};

impl Markdown for CountryView {
    fn to_markdown(&self) -> String {
        let names = &self.names;
        let mut page = format!(
            "# {}\n\n{} · {}\n\nAs of {}, by what was known at position {}, under the rulebook of \
             projection {}. Governed by: {}.\n",
            escape(&names.en),
            escape(&names.ar),
            escape(&names.ru),
            self.at,
            self.known_at,
            self.projection,
            name(&self.governed_by)
        );
        if self.relations.is_empty() {
            page.push_str("\nNo relation is known.\n");
            return page;
        }
        let title = format!("How {} stands towards others", escape(&names.en));
        table(&mut page, self, &title, |relation| {
            (&self.country, &relation.with, &relation.outgoing)
        });
        let title = format!("How others stand towards {}", escape(&names.en));
        table(&mut page, self, &title, |relation| {
            (&relation.with, &self.country, &relation.incoming)
        });
        disputes(
            &mut page,
            self.relations
                .iter()
                .flat_map(|relation| &relation.disputes),
        );
        page
    }
}

/// Writes a table of one conduct of each relation: that of the first state towards the second.
fn table<'v>(
    page: &mut String,
    view: &'v CountryView,
    title: &str,
    conduct: impl Fn(&'v CountryRelation) -> (&'v str, &'v str, &'v Levels),
) {
    page.push_str(&format!("\n## {title}\n\n"));
    page.push_str(
        "| With | Posture | Index | Trajectory | Recognition | Representation | Political | \
         Security | Economic | Humanitarian | Societal | Threat |\n",
    );
    page.push_str("|---|---|---:|---|---|---|---|---|---|---|---|---|\n");
    for relation in &view.relations {
        let (from, to, levels) = conduct(relation);
        let disputed = if levels.disputed { " (disputed)" } else { "" };
        let words = levels.words().into_iter();
        let words = words.filter(|(dimension, _)| *dimension != "declared");
        let words: Vec<String> = words.map(|(_, word)| escape(word)).collect();
        page.push_str(&format!(
            "| [{}](/v1/relations/{from}/{to}?format=markdown&at={}&known_at={}) \
             | {}{disputed} | {} | {} | {} |\n",
            escape(&relation.names.en),
            view.at,
            view.known_at,
            escape(levels.posture.as_str()),
            number(levels.index),
            escape(levels.trajectory.as_str()),
            words.join(" | "),
        ));
    }
}
