//! Changes: the history of a relation, and single changes.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use detente_api::request::Topic;
use detente_api::view::ChangeView;
use detente_api::view::labels::{self, Label};
use detente_domain::party::Lang;
use uuid::Uuid;

use super::table::{Cell, Column, Table, clean};
use super::{
    DISPUTED, PRESUMED, STALE, UNCERTAIN, conduct, further, held_by, lag, legend, marks, sides,
    subject, title_or_id,
};
use crate::output::Output;
use crate::source::Titles;

/// Renders the history of a relation.
pub(crate) fn history(out: &Output, changes: &[ChangeView], titles: &Titles, lang: Lang) -> String {
    let mut used = String::new();
    let rows = changes.iter().map(|change| {
        let (from, mut to) = levels(change, lang);
        if change.disputed {
            to.push_str(DISPUTED);
        }
        used.extend([&*from, &*to]);
        [
            Cell::from(&change.day),
            what(change, lang).into(),
            from.into(),
            to.into(),
            labels::occasion(change.occasion.0).text(lang).into(),
            lag(change.lag_days, lang).into(),
            cause(change, titles, lang),
        ]
    });
    let columns = [
        Column::new(Label::new("day", "اليوم", "день").text(lang)),
        Column::new(Label::new("what", "الموضوع", "что").text(lang)).min_width(14),
        Column::new(Label::new("from", "من", "было").text(lang)).min_width(12),
        Column::new(Label::new("to", "إلى", "стало").text(lang)).min_width(12),
        Column::new(Label::new("occasion", "المناسبة", "повод").text(lang)).optional(1),
        Column::new(Label::new("late by", "التأخر", "задержка").text(lang)).optional(0),
        Column::new(Label::new("because of", "بسبب", "из-за").text(lang)).min_width(26),
    ];
    let mut text = format!("{}\n", Table::new(columns, rows).lang(lang).render(out));
    text.push_str(&legend(&used, lang));
    let disputes = changes.iter().flat_map(|change| &change.disputes);
    let lines: BTreeSet<String> = disputes
        .map(|dispute| {
            let title = title_or_id(titles, dispute.event);
            format!("{}: {}", sides(dispute, lang), clean(&title))
        })
        .collect();
    for line in lines {
        let _ = writeln!(text, "{DISPUTED} {line}");
    }
    text
}

/// Returns the most informative cause: an event of the relation before a change of authority.
fn cause(change: &ChangeView, titles: &Titles, lang: Lang) -> Cell {
    let labels = || change.causes.iter().filter_map(|event| titles.get(event));
    let best = labels().find(|label| label.is_own);
    let best = best.or_else(|| labels().next());
    let first = change.causes.first().map(Uuid::to_string);
    let title = best.map_or(first.unwrap_or_default(), |label| label.title.clone());
    Cell::with_tail(&title, further(change.cause_count(), lang))
}

/// Renders a change as one line.
pub(crate) fn change(change: &ChangeView, lang: Lang) -> String {
    let (from, to) = levels(change, lang);
    let who = conduct(change.direction.as_ref(), &change.relation);
    let until = change
        .until
        .as_ref()
        .map(|until| format!(" {} {until}", Label::new("until", "حتى", "до").text(lang)))
        .unwrap_or_default();
    let sides: Vec<String> = change
        .disputes
        .iter()
        .map(|dispute| sides(dispute, lang))
        .collect();
    let disputed = if change.disputed {
        format!("{DISPUTED} ({})", sides.join("; "))
    } else {
        String::new()
    };
    let line = format!(
        "{who:<8}  {}{until}  {:<8}  {}: {from} → {to}{disputed}",
        change.day,
        labels::occasion(change.occasion.0).text(lang),
        what(change, lang),
    );
    clean(&line)
}

fn what(change: &ChangeView, lang: Lang) -> String {
    let via = change.via.as_deref();
    subject(change.dimension.0, change.key.as_ref(), via, lang)
}

/// Returns the values before and after, each with its marks and the authority that holds a mission.
fn levels(change: &ChangeView, lang: Lang) -> (String, String) {
    let end = |word: &str, holder: Option<&str>, flags: [bool; 3]| {
        let holder = holder.map_or_else(String::new, |holder| held_by(holder, lang));
        let [stale, presumed, uncertain] = flags;
        let flags = [(stale, STALE), (presumed, PRESUMED), (uncertain, UNCERTAIN)];
        let of: Topic = change.dimension.0;
        labels::word(of, word, lang) + &marks(flags) + &holder
    };
    let holders = (&change.controlled_by_from, &change.controlled_by_to);
    let was = [change.was_stale, change.was_presumed, change.was_uncertain];
    let is = [change.stale, change.presumed, change.uncertain];
    (
        end(&change.from, holders.0.as_deref(), was),
        end(&change.to, holders.1.as_deref(), is),
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
        let shown = |causes: &[u128]| history(&out, &[example(causes)], &titles, Lang::En);
        assert!(shown(&[1, 2, 3]).contains("They talk (+2 more)\n"));
        assert!(shown(&[1]).contains("They govern\n"));
        assert!(shown(&[]).contains("12 d\n"));
    }

    #[test]
    fn a_change_is_one_readable_line() {
        let line = change(&example(&[]), Lang::En);
        let expected = "TJK→AFG   2021-08-01  happened  recognition: unknown → de facto?";
        assert_eq!(line, expected);
    }

    #[test]
    fn a_change_has_arabic_and_russian_words() {
        let mut example = example(&[]);
        example.stale = true;
        let line = change(&example, Lang::Ar);
        let expected =
            "TJK→AFG   2021-08-01  حدث       الاعتراف: غير معروف → اعتراف بحكم الأمر الواقع°?";
        assert_eq!(line, expected);
        let line = change(&example, Lang::Ru);
        let expected =
            "TJK→AFG   2021-08-01  произошло  признание: неизвестно → признание де-факто°?";
        assert_eq!(line, expected);
    }
}
