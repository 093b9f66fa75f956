//! A relation as Markdown.

use std::collections::BTreeSet;

use detente_api::submission::DetailDto;
use detente_api::view::{BasisView, Decimal1, EntryView, RelationView, UNKNOWN};
use detente_domain::dimension::{Register, Weighed};
use uuid::Uuid;

use super::Markdown;
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

impl Markdown for RelationView {
    fn to_markdown(&self) -> String {
        let posture = &self.posture;
        let mut page = format!(
            "# {} towards {}\n\nAs of {}, by what was known at position {}, under the rulebook of \
             projection {}.\n\nPosture: **{}**{}, index {}, {}.\n\n\
             | Dimension | Level | Index | Since | Last evidence | Events |\n\
             |---|---|---:|---|---|---:|\n",
            name(&self.from),
            name(&self.to),
            self.at,
            self.known_at,
            self.projection,
            posture.level,
            marks(false, posture.disputed, false),
            posture
                .index
                .map_or_else(|| UNKNOWN.to_owned(), |index| index.to_string()),
            posture.trajectory,
        );
        let rows = rows(self);
        ladders(&mut page, self);
        for row in &rows {
            row.write(&mut page, self);
        }
        for (register, entries) in self.registers() {
            write_entries(&mut page, register, entries);
        }
        disputes(&mut page, &self.disputes);
        let bases = rows.iter().map(|row| row.basis);
        evidence(
            &mut page,
            bases.chain([&self.recognition.basis, &self.representation.basis]),
        );
        page
    }
}

/// Returns the rows of the weighed dimensions and of threat.
fn rows(view: &RelationView) -> Vec<Row<'_>> {
    let weighed = Weighed::ALL.into_iter().filter_map(|dimension| {
        let weighed = view.weighed(dimension)?;
        Some(Row {
            dimension: dimension.as_str(),
            level: weighed.level.as_str(),
            mixed: weighed.mixed,
            index: weighed.index,
            since: weighed.since.as_deref(),
            last_evidence: weighed.last_evidence.as_deref(),
            stale_days: weighed.stale_days,
            basis: &weighed.basis,
        })
    });
    let threat = &view.threat;
    let threat = Row {
        dimension: "threat",
        level: threat.level.as_str(),
        mixed: false,
        index: None,
        since: threat.since.as_deref(),
        last_evidence: threat.last_evidence.as_deref(),
        stale_days: threat.stale_days,
        basis: &threat.basis,
    };
    weighed.chain([threat]).collect()
}

fn ladders(page: &mut String, view: &RelationView) {
    let (recognition, representation) = (&view.recognition, &view.representation);
    for (dimension, level, since, basis) in [
        (
            "recognition",
            format!("{}, declared: {}", recognition.level, recognition.declared),
            recognition.since.as_deref(),
            &recognition.basis,
        ),
        (
            "representation",
            format!("{}, sends: {}", representation.level, representation.sends),
            representation.since.as_deref(),
            &representation.basis,
        ),
    ] {
        page.push_str(&format!(
            "| {} | {}{} | | {} | | {} |\n",
            link(view, dimension),
            escape(&level),
            marks(basis.uncertain, basis.disputed, false),
            text(since),
            basis.evidence_count,
        ));
    }
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

fn write_entries(page: &mut String, register: Register, entries: &[EntryView]) {
    if entries.is_empty() {
        return;
    }
    let title = match register {
        Register::Relations => "diplomatic relations",
        register => register.as_str(),
    };
    let (first, rest) = title.split_at(1);
    page.push_str(&format!("\n## {}{rest}\n\n", first.to_ascii_uppercase()));
    for entry in entries {
        let by = entry.by.iter().map(|by| escape(by));
        let key = entry.key.iter().map(|(field, value)| match value {
            DetailDto::Text(text) => format!("{} {}", escape(field), escape(text)),
            DetailDto::Count(count) => format!("{} {count}", escape(field)),
        });
        let named: Vec<String> = by.chain(key).collect();
        let holder = entry.controlled_by.as_deref();
        let holder = holder.map(|by| format!(", held by {}", escape(by)));
        page.push_str(&format!(
            "- {}: {} since {}{}{}\n",
            named.join(", "),
            escape(&entry.status),
            escape(&entry.since),
            holder.unwrap_or_default(),
            marks(entry.uncertain, entry.disputed, false),
        ));
    }
}

fn evidence<'v>(page: &mut String, bases: impl Iterator<Item = &'v BasisView>) {
    let events = bases.flat_map(|basis| &basis.evidence);
    let events: BTreeSet<&Uuid> = events.collect();
    if events.is_empty() {
        page.push_str("\nNothing is known.\n");
        return;
    }
    page.push_str("\n## Evidence\n\nThe weightiest events of each dimension.\n\n");
    for event in events {
        page.push_str(&format!("- [{event}](/v1/events/{event})\n"));
    }
}
