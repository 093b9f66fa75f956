//! Tables of the events that counted, and of those that did not.

use detente_api::request::Topic;
use detente_api::view::labels::{self, Label};
use detente_api::view::localized::title_in;
use detente_api::view::{BlendRule, CitedView, EvidenceView, Side, UncountedView, milli, units};
use detente_domain::dimension::Dimension;
use detente_domain::party::Lang;

use super::super::table::{Cell, Table};
use super::super::{DISPUTED, further_short, lag, topic};
use super::head;

pub(super) fn weights(evidence: &[EvidenceView], lang: Lang) -> Table {
    let columns = [
        head("counts", "المحتسَب", "учтено", lang),
        head("part", "الحصة", "доля", lang),
        head("weight", "الوزن", "вес", lang).optional(4),
        head("grade", "الدرجة", "оценка", lang),
        head("left", "الباقي", "остаток", lang).optional(3),
        head("age", "العمر", "давность", lang).optional(2),
        head("half-life", "عمر النصف", "полураспад", lang).optional(1),
        head("date", "التاريخ", "дата", lang),
        head("event", "الحدث", "событие", lang).min_width(24),
        head("published by", "الناشر", "опубликовано", lang)
            .min_width(10)
            .optional(5),
        head("late by", "التأخر", "задержка", lang).optional(0),
    ];
    let rows = evidence.iter().filter_map(|evidence| {
        let (weighed, cited) = (evidence.weighed.as_ref()?, &evidence.cited);
        let sign = if weighed.side.0 == Side::Strain {
            "-"
        } else {
            "+"
        };
        let left = u64::from(weighed.decay) * 100 / (1 << 30);
        let carried = match weighed.carried {
            0 => String::new(),
            times => format!(" /{times}"),
        };
        let half_life = i32::try_from(weighed.half_life_days).ok();
        Some([
            Cell::from(format!("{sign}{}", units(weighed.counted_micro))),
            format!("{}%", weighed.share_milli / 10).into(),
            milli(weighed.weight_milli.into()).into(),
            grade(cited).into(),
            format!("{left}%{carried}").into(),
            lag(Some(weighed.age_days), lang).into(),
            lag(half_life, lang).into(),
            Cell::from(&cited.occurred),
            event(cited, lang),
            publisher(cited),
            lag(cited.lag_days, lang).into(),
        ])
    });
    Table::new(columns, rows).lang(lang)
}

pub(super) fn rungs(evidence: &[EvidenceView], of: Dimension, lang: Lang) -> Table {
    let columns = [
        head("sets", "يحدد", "определяет", lang),
        head("as", "بصفته", "как", lang),
        head("stands for", "يدل على", "означает", lang),
        head("grade", "الدرجة", "оценка", lang),
        head("date", "التاريخ", "дата", lang),
        head("event", "الحدث", "событие", lang).min_width(24),
        head("published by", "الناشر", "опубликовано", lang)
            .min_width(10)
            .optional(1),
        head("late by", "التأخر", "задержка", lang).optional(0),
    ];
    let nothing = Label::new("nothing", "لا شيء", "ничего").text(lang);
    let rows = evidence.iter().filter_map(|evidence| {
        let (ladder, cited) = (evidence.ladder.as_ref()?, &evidence.cited);
        let rung = ladder.rung.as_deref();
        let rung = rung.map(|rung| labels::word(Topic::Dimension(of), rung, lang));
        let role = match lang {
            Lang::En => ladder.role.as_str(),
            Lang::Ar | Lang::Ru => labels::role(ladder.role.0).text(lang),
        };
        let sets = Label::new("it", "نعم", "да").text(lang);
        Some([
            Cell::from(if ladder.sets { sets } else { "" }),
            role.into(),
            rung.unwrap_or_else(|| nothing.to_owned()).into(),
            grade(cited).into(),
            Cell::from(&cited.occurred),
            event(cited, lang),
            publisher(cited),
            lag(cited.lag_days, lang).into(),
        ])
    });
    Table::new(columns, rows).lang(lang)
}

pub(super) fn parts(rule: &BlendRule, lang: Lang) -> Table {
    let columns = [
        head("dimension", "البعد", "измерение", lang),
        head("weight", "الوزن", "вес", lang),
        head("level", "المستوى", "уровень", lang),
        head("warmth", "الودّ", "сближение", lang),
        head("strain", "التوتر", "трения", lang),
    ];
    let rows = rule.parts.iter().map(|part| {
        let of = Topic::Dimension(Dimension::Weighed(part.dimension.0));
        [
            topic(of, lang).to_owned(),
            milli(part.weight_milli.into()),
            labels::word(of, &part.level, lang),
            milli(part.warmth_milli),
            milli(part.strain_milli),
        ]
    });
    Table::new(columns, rows).lang(lang)
}

pub(super) fn uncounted(uncounted: &[UncountedView], lang: Lang) -> Table {
    let columns = [
        head("did not count", "غير محتسَب", "не учтено", lang),
        head("since", "منذ", "с", lang).optional(1),
        head("grade", "الدرجة", "оценка", lang),
        head("date", "التاريخ", "дата", lang),
        head("event", "الحدث", "событие", lang).min_width(24),
        head("by", "بسبب", "из-за", lang).min_width(8).optional(0),
    ];
    let rows = uncounted.iter().map(|evidence| {
        let cited = &evidence.cited;
        let by = evidence.by.map(|by| by.to_string());
        [
            Cell::from(labels::exclusion(&evidence.because, lang)),
            evidence.on.as_deref().unwrap_or_default().into(),
            grade(cited).into(),
            Cell::from(&cited.occurred),
            event(cited, lang),
            by.unwrap_or_default().into(),
        ]
    });
    Table::new(columns, rows).lang(lang)
}

/// Returns the title of an event, or the label of its kind.
fn event(cited: &CitedView, lang: Lang) -> Cell {
    let title = title_in(&cited.title, lang);
    Cell::from(title.unwrap_or_else(|| cited.label.text(lang)))
}

fn grade(cited: &CitedView) -> String {
    let mark = if cited.disputed { DISPUTED } else { "" };
    format!("{}{mark}", cited.grade)
}

fn publisher(cited: &CitedView) -> Cell {
    let Some(first) = cited.published.first() else {
        return Cell::default();
    };
    Cell::with_tail(&first.publisher, further_short(cited.published.len()))
}
