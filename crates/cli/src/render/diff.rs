//! Differences: first what was learned, then what happened.

use std::fmt::Write as _;

use detente_api::request::Topic;
use detente_api::view::labels::{self, Label};
use detente_api::view::localized::{figure, title_in};
use detente_api::view::{DiffView, DifferenceView, ValueView};
use detente_domain::party::Lang;

use super::table::{Cell, Column, Table, clean};
use super::{
    DISPUTED, PRESUMED, STALE, UNCERTAIN, further, held_by, legend, marks, subject, towards,
};
use crate::output::Output;

/// Renders the differences between two points of the two clocks.
pub(crate) fn diff(out: &Output, view: &DiffView, lang: Lang) -> String {
    let mut text = title(view, lang);
    let learned = learned(view, lang);
    let happened = happened(view, lang);
    let mut used = String::new();
    for (title, list) in [(learned, &view.learned), (happened, &view.happened)] {
        if !list.is_empty() {
            let table = table(list, lang, &mut used).render(out);
            let _ = writeln!(text, "\n{title}\n{table}");
            for difference in list.iter().filter(|difference| difference.changes_level()) {
                let _ = writeln!(text, "- {}", clean(difference.line.text(lang)));
            }
        }
    }
    if view.learned.is_empty() && view.happened.is_empty() {
        let nothing = Label::new("nothing differs", "لا فرق", "различий нет");
        let _ = writeln!(text, "\n{}", nothing.text(lang));
    }
    text + &legend(&used, lang)
}

fn title(view: &DiffView, lang: Lang) -> String {
    let parties = towards(&view.from, &view.to, lang);
    let (before, after) = (&view.before, &view.after);
    let [from, to] = [&before.at, &after.at];
    let [known_from, known_to] = [before.known_at, after.known_at];
    match lang {
        Lang::En => format!(
            "{parties}: from {from} as known at {known_from}, to {to} as known at {known_to}\n"
        ),
        Lang::Ar => format!(
            "{parties}: من {} وفق المعلوم عند {known_from}، إلى {} وفق المعلوم عند {known_to}\n",
            figure(from, lang),
            figure(to, lang)
        ),
        Lang::Ru => format!(
            "{parties}: с {from} по сведениям на {known_from}, до {to} по сведениям на {known_to}\n"
        ),
    }
}

fn learned(view: &DiffView, lang: Lang) -> String {
    let (at, from, to) = (&view.before.at, view.before.known_at, view.after.known_at);
    match lang {
        Lang::En => format!("We learned, of {at}, from {from} to {to}"),
        Lang::Ar => format!("ما عُلم عن {}، من {from} إلى {to}", figure(at, lang)),
        Lang::Ru => format!("Стало известно о {at}, с {from} до {to}"),
    }
}

fn happened(view: &DiffView, lang: Lang) -> String {
    let (from, to) = (figure(&view.before.at, lang), figure(&view.after.at, lang));
    match lang {
        Lang::En => format!("It happened, from {from} to {to}"),
        Lang::Ar => format!("ما حدث، من {from} إلى {to}"),
        Lang::Ru => format!("Произошло, с {from} до {to}"),
    }
}

fn table(list: &[DifferenceView], lang: Lang, used: &mut String) -> Table {
    let columns = [
        Column::new(Label::new("what", "الموضوع", "что").text(lang)).min_width(14),
        Column::new(Label::new("from", "من", "было").text(lang)),
        Column::new(Label::new("to", "إلى", "стало").text(lang)),
        Column::new(Label::new("since", "منذ", "с").text(lang)).optional(0),
        Column::new(Label::new("occasion", "المناسبة", "повод").text(lang)),
        Column::new(Label::new("because of", "بسبب", "из-за").text(lang)).min_width(26),
    ];
    let rows = list.iter().map(|difference| {
        let of = difference.dimension.0;
        let (from, to) = (
            value(of, &difference.from, lang),
            value(of, &difference.to, lang),
        );
        let via = difference.via.as_deref();
        used.extend([&*from, &*to]);
        [
            subject(of, difference.key.as_ref(), via, lang).into(),
            from.into(),
            to.into(),
            difference.since.as_deref().unwrap_or_default().into(),
            labels::occasion(difference.occasion.0).text(lang).into(),
            cause(difference, lang),
        ]
    });
    Table::new(columns, rows).lang(lang)
}

/// Returns a level with its number and its marks.
fn value(of: Topic, value: &ValueView, lang: Lang) -> String {
    let mut text = labels::word(of, &value.level, lang);
    if let Some(number) = value.number {
        let _ = write!(text, " {number}");
    }
    if let Some(holder) = &value.controlled_by {
        text.push_str(&held_by(holder, lang));
    }
    let flags = [
        (value.stale, STALE),
        (value.presumed, PRESUMED),
        (value.uncertain, UNCERTAIN),
        (value.disputed, DISPUTED),
    ];
    text + &marks(flags)
}

fn cause(difference: &DifferenceView, lang: Lang) -> Cell {
    let Some(first) = difference.causes.first() else {
        return Cell::default();
    };
    let title = title_in(&first.title, lang).unwrap_or_else(|| first.label.text(lang));
    Cell::with_tail(title, further(difference.cause_count, lang))
}
