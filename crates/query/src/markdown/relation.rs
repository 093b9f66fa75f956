//! A relation as Markdown.

use std::collections::BTreeSet;

use detente_api::json::DetailDto;
use detente_api::view::{BasisView, Decimal1, EntryView, RelationView, WeighedView};
use uuid::Uuid;

use super::format::{disputes, escape, marks, name, number, text};

/// A row of the table of dimensions.
struct Row<'v> {
    dimension: &'static str,
    level: &'v str,
    mixed: bool,
    index: Option<Decimal1>,
    since: Option<&'v str>,
    last_evidence: Option<&'v str>,
    stale_days: Option<i32>,
    basis: &'v BasisView,
}

/// Returns the state of one state's conduct towards another as a page.
pub(crate) fn relation(view: &RelationView) -> String {
    let (from, to) = (name(&view.from), name(&view.to));
    let mut page = format!("# {from} towards {to}\n\n");
    page.push_str(&format!(
        "As of {}, by what was known at position {}, under the rulebook of projection {}.\n\n",
        view.at, view.known_at, view.projection
    ));
    page.push_str(&format!(
        "Posture: **{}**{}, index {}, {}.\n\n",
        view.posture.level,
        marks(false, view.posture.disputed, false),
        or_none(&number(view.posture.index)),
        view.posture.trajectory,
    ));
    page.push_str("| Dimension | Level | Index | Since | Last evidence | Events |\n");
    page.push_str("|---|---|---:|---|---|---:|\n");
    ladders(&mut page, view);
    for (dimension, weighed) in dimensions(view) {
        let row = Row {
            dimension,
            level: weighed.level.as_str(),
            mixed: weighed.mixed,
            index: weighed.index,
            since: weighed.since.as_deref(),
            last_evidence: weighed.last_evidence.as_deref(),
            stale_days: weighed.stale_days,
            basis: &weighed.basis,
        };
        row.write(&mut page, view);
    }
    let threat = &view.threat;
    let row = Row {
        dimension: "threat",
        level: threat.level.as_str(),
        mixed: false,
        index: None,
        since: threat.since.as_deref(),
        last_evidence: threat.last_evidence.as_deref(),
        stale_days: threat.stale_days,
        basis: &threat.basis,
    };
    row.write(&mut page, view);
    for (register, entries) in registers(view) {
        write_entries(&mut page, register, entries);
    }
    disputes(&mut page, &view.disputes);
    evidence(&mut page, view);
    page
}

fn dimensions(view: &RelationView) -> [(&'static str, &WeighedView); 5] {
    [
        ("political", &view.political),
        ("security", &view.security),
        ("economic", &view.economic),
        ("humanitarian", &view.humanitarian),
        ("societal", &view.societal),
    ]
}

fn registers(view: &RelationView) -> [(&'static str, &[EntryView]); 14] {
    [
        ("Missions", &view.missions),
        ("Envoys", &view.envoys),
        ("Diplomatic relations", &view.relations),
        ("Listings", &view.listings),
        ("Sanctions", &view.sanctions),
        ("Borders", &view.borders),
        ("Trade", &view.trade),
        ("Agreements", &view.agreements),
        ("Deployments", &view.deployments),
        ("Groups", &view.groups),
        ("Projects", &view.projects),
        ("Meetings", &view.meetings),
        ("Channels", &view.channels),
        ("Measures", &view.measures),
    ]
}

fn ladders(page: &mut String, view: &RelationView) {
    let recognition = &view.recognition;
    let level = format!("{}, declared: {}", recognition.level, recognition.declared);
    let since = recognition.since.as_deref();
    ladder(page, view, "recognition", &level, since, &recognition.basis);
    let representation = &view.representation;
    let level = format!("{}, sends: {}", representation.level, representation.sends);
    let since = representation.since.as_deref();
    ladder(
        page,
        view,
        "representation",
        &level,
        since,
        &representation.basis,
    );
}

fn ladder(
    page: &mut String,
    view: &RelationView,
    dimension: &str,
    level: &str,
    since: Option<&str>,
    basis: &BasisView,
) {
    page.push_str(&format!(
        "| {} | {}{} | | {} | | {} |\n",
        link(view, dimension),
        escape(level),
        marks(basis.uncertain, basis.disputed, false),
        text(since),
        basis.evidence_count,
    ));
}

impl Row<'_> {
    fn write(&self, page: &mut String, view: &RelationView) {
        let last = match (self.last_evidence, self.stale_days) {
            (Some(last), Some(days)) => format!("{} ({days} days before)", escape(last)),
            (last, _) => text(last),
        };
        page.push_str(&format!(
            "| {} | {}{} | {} | {} | {last} | {} |\n",
            link(view, self.dimension),
            escape(self.level),
            marks(self.basis.uncertain, self.basis.disputed, self.mixed),
            number(self.index),
            text(self.since),
            self.basis.evidence_count,
        ));
    }
}

/// Returns the name of a dimension, with a link to the rule and the evidence behind its level.
fn link(view: &RelationView, dimension: &str) -> String {
    let RelationView {
        from,
        to,
        at,
        known_at,
        ..
    } = view;
    format!("[{dimension}](/v1/relations/{from}/{to}/why/{dimension}?at={at}&known_at={known_at})")
}

fn write_entries(page: &mut String, register: &str, entries: &[EntryView]) {
    if entries.is_empty() {
        return;
    }
    page.push_str(&format!("\n## {register}\n\n"));
    for entry in entries {
        let by = entry.by.iter().map(|by| escape(by));
        let key = entry.key.iter().map(|(field, value)| match value {
            DetailDto::Text(text) => format!("{} {}", escape(field), escape(text)),
            DetailDto::Count(count) => format!("{} {count}", escape(field)),
        });
        let named: Vec<String> = by.chain(key).collect();
        let held = entry.controlled_by.as_deref();
        let held = held.map(|by| format!(", held by {}", escape(by)));
        page.push_str(&format!(
            "- {}: {} since {}{}{}\n",
            named.join(", "),
            escape(&entry.status),
            escape(&entry.since),
            held.unwrap_or_default(),
            marks(entry.uncertain, entry.disputed, false),
        ));
    }
}

fn evidence(page: &mut String, view: &RelationView) {
    let bases = dimensions(view).map(|(_, weighed)| &weighed.basis);
    let others = [
        &view.recognition.basis,
        &view.representation.basis,
        &view.threat.basis,
    ];
    let all = bases.into_iter().chain(others);
    let events: BTreeSet<Uuid> = all
        .flat_map(|basis| basis.evidence.iter().copied())
        .collect();
    if events.is_empty() {
        page.push_str("\nNothing is known.\n");
        return;
    }
    page.push_str("\n## Evidence\n\nThe weightiest events of each dimension.\n\n");
    for event in events {
        page.push_str(&format!("- [{event}](/v1/events/{event})\n"));
    }
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "unknown" } else { text }
}
