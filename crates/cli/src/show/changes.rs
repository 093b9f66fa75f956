//! Changes: the steps of a history, and those that come live.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use detente_api::json::DetailForm;
use detente_api::view::{ChangeView, DisputeView};

use super::grid::{Cell, Column, Grid, clean};
use super::{DISPUTED, UNCERTAIN, legend, plain};
use crate::Out;
use crate::source::Titles;

/// The steps of a history, for people.
#[must_use]
pub fn history(out: &Out, steps: &[ChangeView], titles: &Titles) -> String {
    let mut list = Grid::new([
        Column::new("day"),
        Column::new("what").cut(14),
        Column::new("from").cut(12),
        Column::new("to").cut(12),
        Column::new("occasion").spare(1),
        Column::new("late by").spare(0),
        Column::new("because of").cut(26),
    ]);
    let mut used = String::new();
    for step in steps {
        let (from, mut to) = ends(step);
        if step.disputed {
            to.push_str(DISPUTED);
        }
        used.extend([&*from, &*to]);
        let late = step.lag_days.map(|days| format!("{days} d"));
        list.add([
            Cell::from(&step.day),
            what(step).into(),
            from.into(),
            to.into(),
            Cell::from(&*step.occasion),
            late.unwrap_or_default().into(),
            cause(step, titles),
        ]);
    }
    let mut text = format!("{}\n", list.text(out.width()));
    if let Some(legend) = legend(&used) {
        text.push_str(&legend);
        text.push('\n');
    }
    let disputes = steps.iter().flat_map(|step| &step.disputes);
    let told: BTreeSet<String> = disputes
        .map(|dispute| {
            let title = titles.get(&dispute.event);
            let title =
                title.map_or_else(|| dispute.event.to_string(), |named| named.title.clone());
            format!("{}: {}", sides(dispute), clean(&title))
        })
        .collect();
    for line in told {
        let _ = writeln!(text, "{DISPUTED} {line}");
    }
    text
}

/// Both sides of a dispute.
pub(super) fn sides(dispute: &DisputeView) -> String {
    let said = dispute.claimed_by.as_deref().unwrap_or("nobody named");
    let denied = dispute.denied_by.as_deref().unwrap_or("another source");
    format!("said by {said}, denied by {denied}")
}

/// The event that tells most of why: one of the relation's own before who governs in general.
fn cause(step: &ChangeView, titles: &Titles) -> Cell {
    let known = || step.causes.iter().filter_map(|event| titles.get(event));
    let best = known().find(|named| named.is_own);
    let best = best.or_else(|| known().next());
    let title = match (best, step.causes.first()) {
        (Some(named), _) => named.title.clone(),
        (None, Some(event)) => event.to_string(),
        (None, None) => return Cell::default(),
    };
    let tail = match step.causes.len() {
        0 | 1 => String::new(),
        count => format!(" (+{} more)", count - 1),
    };
    Cell::with_tail(&title, tail)
}

/// A change, in one line.
#[must_use]
pub fn change(change: &ChangeView) -> String {
    let (from, to) = ends(change);
    let who = match &change.direction {
        Some(direction) => format!("{}→{}", direction.from, direction.to),
        None => change.relation.clone(),
    };
    let until = change
        .until
        .as_ref()
        .map(|until| format!(" until {until}"))
        .unwrap_or_default();
    let sides: Vec<String> = change.disputes.iter().map(sides).collect();
    let disputed = if change.disputed {
        format!("{DISPUTED} ({})", sides.join("; "))
    } else {
        String::new()
    };
    let line = format!(
        "{who:<8}  {}{until}  {:<8}  {}: {from} → {to}{disputed}",
        change.day,
        change.occasion,
        what(change),
    );
    clean(&line)
}

/// The dimension, or the register with its entry.
fn what(change: &ChangeView) -> String {
    let Some(key) = &change.key else {
        return change.dimension.to_string();
    };
    let value = |value: &DetailForm| match value {
        DetailForm::Text(text) => text.clone(),
        DetailForm::Count(count) => count.to_string(),
    };
    let key: Vec<String> = key.values().map(value).collect();
    if key.is_empty() {
        return change.dimension.to_string();
    }
    format!("{} ({})", change.dimension, key.join(", "))
}

fn ends(change: &ChangeView) -> (String, String) {
    let end = |word: &str, holder: Option<&str>, uncertain: bool| {
        let holder = holder
            .map(|holder| format!(" (held by {holder})"))
            .unwrap_or_default();
        let mark = if uncertain { UNCERTAIN } else { "" };
        format!("{}{mark}{holder}", plain(word))
    };
    (
        end(
            &change.from,
            change.controlled_by_from.as_deref(),
            change.was_uncertain,
        ),
        end(
            &change.to,
            change.controlled_by_to.as_deref(),
            change.uncertain,
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Named;
    use uuid::Uuid;

    fn step(causes: &[u128]) -> ChangeView {
        let causes: Vec<Uuid> = causes.iter().map(|id| Uuid::from_u128(*id)).collect();
        serde_json::from_value(serde_json::json!({
            "relation": "AFG-TJK", "direction": {"from": "TJK", "to": "AFG"},
            "dimension": "recognition", "key": null, "from": "unknown", "to": "de_facto",
            "was_uncertain": false, "uncertain": true, "day": "2021-08-01", "until": null,
            "occasion": "happened", "causes": causes, "lag_days": 12, "disputed": false, "position": 3,
        }))
        .unwrap()
    }

    #[test]
    fn a_step_names_an_event_of_its_own_before_who_governs() {
        let named = |id, title: &str, is_own| {
            let title = title.to_owned();
            (Uuid::from_u128(id), Named { title, is_own })
        };
        let titles = [named(1, "They govern", false), named(2, "They talk", true)];
        let titles = Titles::from(titles);
        let out = Out::to(
            Box::new(std::io::sink()),
            Box::new(std::io::sink()),
            crate::args::Output::Table,
        );
        let shown = |causes: &[u128]| history(&out, &[step(causes)], &titles);
        assert!(shown(&[1, 2, 3]).contains("They talk (+2 more)\n"));
        assert!(shown(&[1]).contains("They govern\n"));
        assert!(shown(&[]).contains("12 d\n"));
    }

    #[test]
    fn a_change_is_one_readable_line() {
        let line = change(&step(&[]));
        let told = "TJK→AFG   2021-08-01  happened  recognition: unknown → de facto?";
        assert_eq!(line, told);
    }
}
