//! How answers look in a terminal.

mod changes;
mod country;
mod events;
mod state;

use comfy_table::{ContentArrangement, LineStyle, Table, presets};

use crate::Out;

pub use changes::{change, history};
pub use country::country;
pub use events::{event, events};
pub use state::state;

/// Marks of values, and what they mean.
const UNCERTAIN: &str = "?";
const DISPUTED: &str = "!";
const MIXED: &str = "±";

const LEGEND: [(&str, &str); 3] = [
    (UNCERTAIN, "within an imprecise date"),
    (DISPUTED, "rests on a disputed event"),
    (MIXED, "both sides are heavy"),
];

fn table(out: &Out, heads: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING.header_separator(LineStyle::none().fill('─').junction('─')));
    table.set_header(heads);
    if let Some(width) = out.width() {
        table
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width);
    }
    table
}

/// The table's lines, without blanks at their ends.
fn text(table: &Table) -> String {
    table.trim_fmt()
}

fn marks(uncertain: bool, disputed: bool, mixed: bool) -> String {
    let marks = [(uncertain, UNCERTAIN), (disputed, DISPUTED), (mixed, MIXED)];
    marks
        .into_iter()
        .filter_map(|(set, mark)| set.then_some(mark))
        .collect()
}

/// Explains the marks that a text has; nothing where it has none.
fn legend(used: &str) -> Option<String> {
    let told = LEGEND.into_iter().filter(|(mark, _)| used.contains(mark));
    let told: Vec<String> = told
        .map(|(mark, meaning)| format!("{mark} {meaning}"))
        .collect();
    (!told.is_empty()).then(|| told.join("   "))
}

/// The name of a party with its code; the word itself where it is no party.
fn named(code: &str) -> String {
    let party = detente_domain::party::Party::find(code);
    party.map_or_else(
        || code.to_owned(),
        |party| format!("{} ({code})", party.name(detente_domain::party::Lang::En)),
    )
}
