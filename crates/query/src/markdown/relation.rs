//! The brief of a relation.

use std::collections::BTreeSet;

use detente_api::json::DetailForm;
use detente_api::view::{BasisView, EntryView, RelationView, WeighedView};
use uuid::Uuid;

use super::format::{disputes, marks, name, number, plain, text};

/// How one state stands towards another, as a page.
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
        row(&mut page, view, dimension, &level(weighed), weighed);
    }
    let threat = &view.threat;
    let of_threat = WeighedView {
        level: threat.level.clone(),
        index: None,
        warmth: None,
        strain: threat.strain,
        mixed: false,
        stale_days: threat.stale_days,
        last_evidence: threat.last_evidence.clone(),
        since: threat.since.clone(),
        basis: threat.basis.clone(),
    };
    row(&mut page, view, "threat", &level(&of_threat), &of_threat);
    for (register, entries) in registers(view) {
        entries_of(&mut page, register, entries);
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
        reasons(view, dimension),
        plain(level),
        marks(basis.uncertain, basis.disputed, false),
        text(since),
        basis.evidence_count,
    ));
}

fn level(weighed: &WeighedView) -> String {
    let basis = &weighed.basis;
    format!(
        "{}{}",
        plain(&weighed.level),
        marks(basis.uncertain, basis.disputed, weighed.mixed)
    )
}

fn row(page: &mut String, view: &RelationView, dimension: &str, level: &str, held: &WeighedView) {
    let last = match (&held.last_evidence, held.stale_days) {
        (Some(last), Some(days)) => format!("{} ({days} days before)", plain(last)),
        (last, _) => text(last.as_deref()),
    };
    page.push_str(&format!(
        "| {} | {level} | {} | {} | {last} | {} |\n",
        reasons(view, dimension),
        number(held.index),
        text(held.since.as_deref()),
        held.basis.evidence_count,
    ));
}

/// A dimension's name, which leads to the rule and the evidence behind its level.
fn reasons(view: &RelationView, dimension: &str) -> String {
    let RelationView {
        from,
        to,
        at,
        known_at,
        ..
    } = view;
    format!("[{dimension}](/v1/relations/{from}/{to}/why/{dimension}?at={at}&known_at={known_at})")
}

fn entries_of(page: &mut String, register: &str, entries: &[EntryView]) {
    if entries.is_empty() {
        return;
    }
    page.push_str(&format!("\n## {register}\n\n"));
    for entry in entries {
        let by = entry.by.iter().map(|by| plain(by));
        let key = entry.key.iter().map(|(field, value)| match value {
            DetailForm::Text(text) => format!("{} {}", plain(field), plain(text)),
            DetailForm::Count(count) => format!("{} {count}", plain(field)),
        });
        let named: Vec<String> = by.chain(key).collect();
        let held = entry.controlled_by.as_deref();
        let held = held.map(|by| format!(", held by {}", plain(by)));
        page.push_str(&format!(
            "- {}: {} since {}{}{}\n",
            named.join(", "),
            plain(&entry.status),
            plain(&entry.since),
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
