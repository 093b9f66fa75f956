//! Summaries of reasons in one line, in each language.

use std::fmt::Write as _;

use detente_domain::dimension::{Dimension, Weighed};
use detente_domain::edtf::canonical;
use detente_domain::fold::why::{Blend, Cited, Ladder, Rationale, Share, Weighing, Why};
use detente_domain::party::Lang;
use detente_domain::state::Band;

use super::labels::{self, Label};
use super::localized::{figure, towards};
use super::why::total;
use super::{Decimal1, LocalizedText, UNKNOWN};
use crate::topic::Topic;

impl LocalizedText {
    /// Summarises the reasons for the level of a dimension in one line.
    #[must_use]
    pub fn summary(why: &Why) -> Self {
        Self::new(|lang| summary(why, lang))
    }
}

fn summary(why: &Why, lang: Lang) -> String {
    let (from, to) = why.pair.ends(why.direction);
    let parties = towards(from.name(lang), to.name(lang), lang);
    let word = why.held.map_or(UNKNOWN, |held| held.word);
    let topic = Topic::Dimension(why.dimension);
    let dimension = labels::dimension(why.dimension).text(lang);
    let level = labels::word(topic, word, lang);
    let comma = Label::new(",", "،", ",").text(lang);
    let mut line = format!("{parties}{comma} {dimension}: {level}");
    let marks = why.held.into_iter().flat_map(|held| {
        [
            (held.stale, labels::STALE),
            (held.presumed, labels::PRESUMED),
            (held.uncertain, labels::UNCERTAIN),
        ]
    });
    for (_, mark) in marks.filter(|(set, _)| *set) {
        let _ = write!(line, " ({})", mark.text(lang));
    }
    if word == UNKNOWN {
        line.push_str(nothing(lang));
    } else {
        line.push_str(&match &why.rationale {
            Rationale::Weighed(weighing) => weighed(why.dimension, weighing, word, lang),
            Rationale::Ladder(ladder) => self::ladder(why.dimension, ladder, lang),
            Rationale::Blend(blend) => self::blend(blend, word, lang),
        });
    }
    if !why.uncounted.is_empty() {
        let label = Label::new("Not counted", "غير محتسَب", "Не учтено").text(lang);
        let _ = write!(line, " {label}: {}.", why.uncounted.len());
    }
    line
}

const fn nothing(lang: Lang) -> &'static str {
    let text = Label::new(
        ". No event that counts speaks of it.",
        ". لا حدث محتسَباً يتناوله.",
        ". Ни одно учтённое событие об этом не говорит.",
    );
    text.text(lang)
}

fn weighed(dimension: Dimension, weighing: &Weighing, held: &str, lang: Lang) -> String {
    let reading = weighing.reading;
    let (warmth, strain) = (number(reading.warmth), number(reading.strain));
    let index = figure(&number(weighing.limited), lang);
    let is_threat = dimension == Dimension::Weighed(Weighed::Threat);
    let mut line = match lang {
        Lang::En if is_threat => format!(", strain {strain}."),
        Lang::Ar if is_threat => format!("، الثقل {strain}."),
        Lang::Ru if is_threat => format!(", вес {strain}."),
        Lang::En => format!(", index {index}: warmth {warmth} against strain {strain}."),
        Lang::Ar => format!("، المؤشر {index}: الودّ {warmth} مقابل التوتر {strain}."),
        Lang::Ru => format!(", индекс {index}: сближение {warmth} против трений {strain}."),
    };
    if !is_threat {
        let steps = (reading.index, weighing.limited);
        line.push_str(&limited(dimension, weighing.band, steps, lang));
        line.push_str(kept(weighing.kept, held, lang));
    }
    let Some(first) = weighing.shares.first() else {
        line.push_str(no_weight(weighing.band, lang));
        return line;
    };
    let part = part(first, &weighing.shares);
    let cited = cited(&first.cited, lang);
    let count = weighing.shares.len();
    line.push_str(&match (lang, first.side.strain) {
        (Lang::En, false) => format!(" Above all: {cited} ({part}% of the warmth)."),
        (Lang::En, true) => format!(" Above all: {cited} ({part}% of the strain)."),
        (Lang::Ar, false) => format!(" الأبرز: {cited} ({part}٪ من الودّ)."),
        (Lang::Ar, true) => format!(" الأبرز: {cited} ({part}٪ من التوتر)."),
        (Lang::Ru, false) => format!(" Прежде всего: {cited} ({part}% сближения)."),
        (Lang::Ru, true) => format!(" Прежде всего: {cited} ({part}% трений)."),
    });
    let counted = Label::new("Counted", "المحتسَب", "Учтено").text(lang);
    let _ = write!(line, " {counted}: {count}.");
    line
}

const fn no_weight(band: Band, lang: Lang) -> &'static str {
    let text = if band.ceiling.is_some() || band.floor.is_some() {
        Label::new(
            " No evidence has weight beside what stands.",
            " ولا دليل ذا وزن سوى ما هو قائم.",
            " Кроме действующего, весомых свидетельств нет.",
        )
    } else {
        Label::new(
            " All that was reported has faded.",
            " تلاشى أثر كل ما أُبلغ عنه.",
            " Всё, о чём сообщалось, утратило вес.",
        )
    };
    text.text(lang)
}

/// Names the limit that moved an index. The steps are the result of the formula, and the index.
fn limited(dimension: Dimension, band: Band, (formula, limited): (i64, i64), lang: Lang) -> String {
    let mut line = String::new();
    let binding = [
        (labels::CEILING, band.ceiling.filter(|_| limited < formula)),
        (labels::FLOOR, band.floor.filter(|_| limited > formula)),
    ];
    for (label, limit) in binding {
        let Some(limit) = limit else { continue };
        let topic = Topic::Dimension(dimension);
        let level = labels::word(topic, limit.level.as_str(), lang);
        let (label, kind) = (label.text(lang), limit.kind.label(lang));
        line.push_str(&match lang {
            Lang::En => format!(" The {label} is {level}: {kind}."),
            Lang::Ar => format!(" {label}: {level}، بسبب: {kind}."),
            Lang::Ru => format!(" Действует {label}: {level}, основание: {kind}."),
        });
    }
    line
}

/// Says that a level holds although the index has left it.
fn kept(kept: Option<&str>, held: &str, lang: Lang) -> &'static str {
    let text = Label::new(
        " The level holds on: nothing friendlier was reported.",
        " يبقى المستوى على حاله: لم يُبلغ عن جديد أفضل.",
        " Уровень сохраняется: о лучшем не сообщалось.",
    );
    if kept == Some(held) {
        text.text(lang)
    } else {
        ""
    }
}

fn ladder(dimension: Dimension, ladder: &Ladder, lang: Lang) -> String {
    let mut line = match ladder.evidence.iter().find(|evidence| evidence.sets) {
        Some(evidence) => {
            let role = labels::role(evidence.role).text(lang);
            let cited = cited(&evidence.cited, lang);
            match lang {
                Lang::En => format!(". Set by {role}: {cited}."),
                Lang::Ar => format!(". المستند: {role}، {cited}."),
                Lang::Ru => format!(". Основание: {role}, {cited}."),
            }
        }
        None => Label::new(
            ". Nothing sets it.",
            ". لا شيء يحدده.",
            ". Ничто его не определяет.",
        )
        .text(lang)
        .to_owned(),
    };
    if dimension == Dimension::Recognition
        && let Some(declared) = ladder.declared
    {
        let topic = Topic::Dimension(Dimension::Declared);
        let word = labels::word(topic, declared.as_str(), lang);
        let label = Label::new("Declared", "المعلن", "Заявлено").text(lang);
        let _ = write!(line, " {label}: {word}.");
    }
    let others = ladder.evidence.iter().filter(|evidence| !evidence.sets);
    let others = others.count();
    if others > 0 {
        let label = Label::new(
            "Considered beside it",
            "ما أُخذ في الحسبان معه",
            "Учтено наряду с этим",
        );
        let _ = write!(line, " {}: {others}.", label.text(lang));
    }
    line
}

fn blend(blend: &Blend, held: &str, lang: Lang) -> String {
    let limited = blend.index.unwrap_or_default();
    let index = figure(&number(limited), lang);
    let trajectory = labels::trajectory(blend.trajectory).text(lang);
    let mut line = match lang {
        Lang::En => format!(", index {index}, {trajectory}."),
        Lang::Ar => format!("، المؤشر {index}، الاتجاه: {trajectory}."),
        Lang::Ru => format!(", индекс {index}, тенденция: {trajectory}."),
    };
    let formula = blend.reading.unwrap_or_default().index;
    let by_security = blend.security == Some(limited) && limited < formula;
    let band = if by_security {
        Band::default()
    } else {
        blend.band
    };
    let steps = (formula, limited);
    line.push_str(&self::limited(Dimension::Posture, band, steps, lang));
    line.push_str(kept(blend.kept, held, lang));
    if by_security {
        let security = Label::new(
            " Security allows no more.",
            " ولا يسمح البعد الأمني بأكثر من ذلك.",
            " Безопасность большего не допускает.",
        );
        line.push_str(security.text(lang));
    }
    line.push_str(&parts(blend, lang));
    line
}

/// Lists the masses of the dimensions that are pooled.
fn parts(blend: &Blend, lang: Lang) -> String {
    let known = blend.parts.iter();
    let known = known.filter(|part| part.warmth > 0 || part.strain > 0);
    let parts: Vec<String> = known
        .map(|part| {
            let label = labels::weighed(part.weighed).text(lang);
            let (warmth, strain) = (number(part.warmth), number(part.strain));
            let weight = Decimal1::from_thousandths(i64::from(part.weight));
            match lang {
                Lang::En => format!("{label} {warmth} against {strain} (weight {weight})"),
                Lang::Ar => format!("{label} {warmth} مقابل {strain} (الوزن {weight})"),
                Lang::Ru => format!("{label} {warmth} против {strain} (вес {weight})"),
            }
        })
        .collect();
    if parts.is_empty() {
        return String::new();
    }
    match lang {
        Lang::En => format!(" Pooled, warmth against strain: {}.", parts.join(", ")),
        Lang::Ar => format!(" المجموع، الودّ مقابل التوتر: {}.", parts.join("، ")),
        Lang::Ru => format!(" Сведено, сближение против трений: {}.", parts.join(", ")),
    }
}

/// Describes an event by its kind, date and grade, and whether it is disputed.
fn cited(cited: &Cited, lang: Lang) -> String {
    let date = figure(&canonical(cited.earliest, cited.latest), lang);
    let code = cited.code.as_deref();
    let code = code.map_or_else(String::new, |code| format!(" {code}"));
    let (label, grade) = (cited.kind.label(lang), cited.grade);
    let disputed = if cited.disputed {
        Label::new(", disputed", "، متنازع عليه", ", оспаривается").text(lang)
    } else {
        ""
    };
    match lang {
        Lang::En => format!("{label}{code}, {date}, graded {grade}{disputed}"),
        Lang::Ar => format!("{label}{code}، {date}، الدرجة {grade}{disputed}"),
        Lang::Ru => format!("{label}{code}, {date}, оценка {grade}{disputed}"),
    }
}

/// Returns a share as a part of its side, in hundredths, rounded down.
fn part(share: &Share, shares: &[Share]) -> u128 {
    u128::from(share.counted) * 100 / total(shares, share.side.strain).max(1)
}

fn number(thousandths: i64) -> String {
    Decimal1::from_thousandths(thousandths).to_string()
}
