//! Changes: the history of a relation, and single changes.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use detente_api::view::ChangeView;
use uuid::Uuid;

use super::table::{Cell, Column, Table, clean};
use super::{
    DISPUTED, UNCERTAIN, conduct, further, lag, legend, plain, sides, subject, title_or_id,
};
use crate::output::Output;
use crate::source::Titles;

/// Renders the history of a relation.
pub(crate) fn history(out: &Output, changes: &[ChangeView], titles: &Titles) -> String {
    let mut used = String::new();
    let rows = changes.iter().map(|change| {
        let (from, mut to) = levels(change);
        if change.disputed {
            to.push_str(DISPUTED);
        }
        used.extend([&*from, &*to]);
        [
            Cell::from(&change.day),
            what(change).into(),
            from.into(),
            to.into(),
            change.occasion.as_str().into(),
            lag(change.lag_days).into(),
            cause(change, titles),
        ]
    });
    let columns = [
        Column::new("day"),
        Column::new("what").min_width(14),
        Column::new("from").min_width(12),
        Column::new("to").min_width(12),
        Column::new("occasion").optional(1),
        Column::new("late by").optional(0),
        Column::new("because of").min_width(26),
    ];
    let mut text = format!("{}\n", Table::new(columns, rows).render(out));
    text.push_str(&legend(&used));
    let disputes = changes.iter().flat_map(|change| &change.disputes);
    let lines: BTreeSet<String> = disputes
        .map(|dispute| {
            let title = title_or_id(titles, dispute.event);
            format!("{}: {}", sides(dispute), clean(&title))
        })
        .collect();
    for line in lines {
        let _ = writeln!(text, "{DISPUTED} {line}");
    }
    text
}

/// Returns the most informative cause: an event of the relation before a change of authority.
fn cause(change: &ChangeView, titles: &Titles) -> Cell {
    let labels = || change.causes.iter().filter_map(|event| titles.get(event));
    let best = labels().find(|label| label.is_own);
    let best = best.or_else(|| labels().next());
    let first = change.causes.first().map(Uuid::to_string);
    let title = best.map_or(first.unwrap_or_default(), |label| label.title.clone());
    Cell::with_tail(&title, further(change.causes.len(), " more"))
}

/// Renders a change as one line.
pub(crate) fn change(change: &ChangeView) -> String {
    let (from, to) = levels(change);
    let who = conduct(change.direction.as_ref(), &change.relation);
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
        change.occasion.as_str(),
        what(change),
    );
    clean(&line)
}

fn what(change: &ChangeView) -> String {
    subject(change.dimension.as_str(), change.key.as_ref())
}

fn levels(change: &ChangeView) -> (String, String) {
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
    use crate::source::titles::EventLabel;

    fn example(causes: &[u128]) -> ChangeView {
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
    fn a_change_names_an_event_of_its_own_before_a_change_of_authority() {
        let label = |id, title: &str, is_own| {
            let title = title.to_owned();
            (Uuid::from_u128(id), EventLabel { title, is_own })
        };
        let titles = [label(1, "They govern", false), label(2, "They talk", true)];
        let titles = Titles::from(titles);
        let out = Output::sink();
        let shown = |causes: &[u128]| history(&out, &[example(causes)], &titles);
        assert!(shown(&[1, 2, 3]).contains("They talk (+2 more)\n"));
        assert!(shown(&[1]).contains("They govern\n"));
        assert!(shown(&[]).contains("12 d\n"));
    }

    #[test]
    fn a_change_is_one_readable_line() {
        let line = change(&example(&[]));
        let expected = "TJK→AFG   2021-08-01  happened  recognition: unknown → de facto?";
        assert_eq!(line, expected);
    }
}
