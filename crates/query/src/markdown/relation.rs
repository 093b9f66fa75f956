//! A relation as Markdown.

use std::collections::BTreeSet;

use detente_api::request::Topic;
use detente_api::text::markdown;
use detente_api::view::labels::{self, Label};
use detente_api::view::localized::{figure, towards};
use detente_api::view::{BandView, BasisView, Decimal1, EntryView, LimitView, RelationView};
use detente_domain::dimension::{Dimension, Register, Weighed};
use detente_domain::kind::Kind;
use detente_domain::party::Lang;
use uuid::Uuid;

use super::Markdown;
use super::format::{as_of, date, disputes, heads, marks, name, number, section};

/// A row of the table of dimensions.
struct Row<'v> {
    dimension: Dimension,
    level: &'v str,
    mixed: bool,
    stale: bool,
    leads: usize,
    index: Option<Decimal1>,
    since: Option<&'v str>,
    last_evidence: Option<&'v str>,
    stale_days: Option<i32>,
    basis: &'v BasisView,
}

impl Markdown for RelationView {
    fn to_markdown(&self, lang: Lang) -> String {
        let mut page = format!(
            "# {}\n\n{}\n\n{}\n\n",
            towards(&name(&self.from, lang), &name(&self.to, lang), lang),
            as_of(&self.at, self.known_at, &self.projection, lang),
            posture(self, lang),
        );
        heads(
            &mut page,
            &[
                (Label::new("Dimension", "البعد", "Измерение"), false),
                (Label::new("Level", "المستوى", "Уровень"), false),
                (Label::new("Index", "المؤشر", "Индекс"), true),
                (Label::new("Since", "منذ", "С"), false),
                (
                    Label::new("Last evidence", "آخر دليل", "Последнее свидетельство"),
                    false,
                ),
                (Label::new("Events", "الأحداث", "События"), true),
            ],
            lang,
        );
        let rows = rows(self);
        ladders(&mut page, self, lang);
        for row in &rows {
            row.write(&mut page, self, lang);
        }
        limits(&mut page, self, lang);
        for (register, entries) in self.registers() {
            write_entries(&mut page, register, entries, lang);
        }
        disputes(&mut page, &self.disputes, lang);
        let bases = rows.iter().map(|row| row.basis);
        evidence(
            &mut page,
            bases.chain([&self.recognition.basis, &self.representation.basis]),
            lang,
        );
        page
    }
}

/// Returns the line about the posture.
fn posture(view: &RelationView, lang: Lang) -> String {
    let posture = &view.posture;
    let level = word(Dimension::Posture, posture.level.as_str(), lang);
    let marks = marks(
        [
            (posture.stale, labels::STALE),
            (posture.disputed, labels::DISPUTED),
        ],
        lang,
    );
    let unknown = || word(Dimension::Posture, detente_api::view::UNKNOWN, lang);
    let index = posture.index.map(|index| figure(&index.to_string(), lang));
    let index = index.unwrap_or_else(unknown);
    let trajectory = labels::trajectory(posture.trajectory.0).text(lang);
    match lang {
        Lang::En => format!("Posture: **{level}**{marks}, index {index}, {trajectory}."),
        Lang::Ar => {
            format!("الموقف العام: **{level}**{marks}، المؤشر: {index}، الاتجاه: {trajectory}.")
        }
        Lang::Ru => {
            format!(
                "Общее отношение: **{level}**{marks}, индекс: {index}, тенденция: {trajectory}."
            )
        }
    }
}

fn word(dimension: Dimension, word: &str, lang: Lang) -> String {
    markdown(&labels::word(Topic::Dimension(dimension), word, lang))
}

/// Returns the rows of the weighed dimensions and of threat.
fn rows(view: &RelationView) -> Vec<Row<'_>> {
    let weighed = Weighed::ALL.into_iter().filter_map(|dimension| {
        let weighed = view.weighed(dimension)?;
        Some(Row {
            dimension: Dimension::Weighed(dimension),
            level: weighed.level.as_str(),
            mixed: weighed.mixed,
            stale: weighed.stale,
            leads: weighed.leads,
            index: weighed.index,
            since: weighed.since.as_deref(),
            last_evidence: weighed.last_evidence.as_deref(),
            stale_days: weighed.stale_days,
            basis: &weighed.basis,
        })
    });
    let threat = &view.threat;
    let threat = Row {
        dimension: Dimension::Weighed(Weighed::Threat),
        level: threat.level.as_str(),
        mixed: false,
        stale: threat.stale,
        leads: threat.leads,
        index: None,
        since: threat.since.as_deref(),
        last_evidence: threat.last_evidence.as_deref(),
        stale_days: threat.stale_days,
        basis: &threat.basis,
    };
    weighed.chain([threat]).collect()
}

fn ladders(page: &mut String, view: &RelationView, lang: Lang) {
    let (recognition, representation) = (&view.recognition, &view.representation);
    let declared = Label::new("declared", "المعلن", "заявлено").text(lang);
    let sends = Label::new("sends", "يوفد", "направляет").text(lang);
    let presumed = marks([(recognition.presumed, labels::PRESUMED)], lang);
    let comma = Label::new(",", "،", ",").text(lang);
    for (dimension, level, second, since, basis) in [
        (
            Dimension::Recognition,
            word(Dimension::Recognition, recognition.level.as_str(), lang) + &presumed,
            format!(
                "{declared}: {}",
                word(Dimension::Declared, recognition.declared.as_str(), lang)
            ),
            recognition.since.as_deref(),
            &recognition.basis,
        ),
        (
            Dimension::Representation,
            word(
                Dimension::Representation,
                representation.level.as_str(),
                lang,
            ),
            format!(
                "{sends}: {}",
                word(
                    Dimension::Representation,
                    representation.sends.as_str(),
                    lang
                )
            ),
            representation.since.as_deref(),
            &representation.basis,
        ),
    ] {
        page.push_str(&format!(
            "| {} | {level}{comma} {second}{} | | {} | | {} |\n",
            link(view, dimension, lang),
            basis_marks(basis, lang),
            date(since, lang),
            basis.evidence_count,
        ));
    }
}

fn basis_marks(basis: &BasisView, lang: Lang) -> String {
    marks(
        [
            (basis.uncertain, labels::UNCERTAIN),
            (basis.disputed, labels::DISPUTED),
        ],
        lang,
    )
}

impl Row<'_> {
    fn write(&self, page: &mut String, view: &RelationView, lang: Lang) {
        let last = date(self.last_evidence, lang);
        let last = match (self.stale_days, lang) {
            (Some(days), Lang::En) => format!("{last} (days before: {days})"),
            (Some(days), Lang::Ar) => format!("{last} (قبل ذلك بأيام: {days})"),
            (Some(days), Lang::Ru) => format!("{last} (дней назад: {days})"),
            (None, _) => last,
        };
        let marks = marks(
            [
                (self.stale, labels::STALE),
                (self.basis.uncertain, labels::UNCERTAIN),
                (self.basis.disputed, labels::DISPUTED),
                (self.mixed, labels::MIXED),
            ],
            lang,
        );
        let leads = match self.leads {
            0 => String::new(),
            leads => format!(" ({}: {leads})", labels::LEADS.text(lang)),
        };
        page.push_str(&format!(
            "| {} | {}{marks}{leads} | {} | {} | {last} | {} |\n",
            link(view, self.dimension, lang),
            word(self.dimension, self.level, lang),
            number(self.index, lang),
            date(self.since, lang),
            self.basis.evidence_count,
        ));
    }
}

/// Returns the label of a dimension, with a link to the rule and the evidence behind its level.
fn link(view: &RelationView, dimension: Dimension, lang: Lang) -> String {
    let RelationView {
        from,
        to,
        at,
        known_at,
        ..
    } = view;
    let label = labels::dimension(dimension).text(lang);
    let word = dimension.as_str();
    format!("[{label}](/v1/relations/{from}/{to}/why/{word}?at={at}&known_at={known_at})")
}

/// Writes what limits the levels, if anything does.
fn limits(page: &mut String, view: &RelationView, lang: Lang) {
    let weighed = Weighed::ALL.into_iter().filter_map(|weighed| {
        let band = &view.weighed(weighed)?.band;
        Some((Dimension::Weighed(weighed), band))
    });
    let bands: Vec<(Dimension, &BandView)> = weighed
        .chain([(Dimension::Posture, &view.posture.band)])
        .filter(|(_, band)| band.ceiling.is_some() || band.floor.is_some())
        .collect();
    if bands.is_empty() {
        return;
    }
    section(
        page,
        Label::new("limits", "الحدود على المستويات", "пределы").text(lang),
    );
    for (dimension, band) in bands {
        for (label, limit) in [
            (labels::CEILING, &band.ceiling),
            (labels::FLOOR, &band.floor),
        ] {
            if let Some(limit) = limit {
                let label = label.text(lang);
                write_limit(page, dimension, label, limit, lang);
            }
        }
    }
}

fn write_limit(
    page: &mut String,
    dimension: Dimension,
    label: &str,
    limit: &LimitView,
    lang: Lang,
) {
    let kind = Kind::parse(&limit.kind);
    let kind = kind.map_or_else(|| markdown(&limit.kind), |kind| markdown(kind.label(lang)));
    let until = limit.until.as_deref().map(|until| figure(until, lang));
    let until = match (until, lang) {
        (None, _) => String::new(),
        (Some(until), Lang::En) => format!(", until {until}"),
        (Some(until), Lang::Ar) => format!("، حتى {until}"),
        (Some(until), Lang::Ru) => format!(", до {until}"),
    };
    let event = limit.event;
    page.push_str(&format!(
        "- {}{} {label}: {} ([{kind}](/v1/events/{event})){until}\n",
        labels::dimension(dimension).text(lang),
        Label::new(",", "،", ",").text(lang),
        word(dimension, limit.level.as_str(), lang),
    ));
}

fn write_entries(page: &mut String, register: Register, entries: &[EntryView], lang: Lang) {
    if entries.is_empty() {
        return;
    }
    section(page, labels::register(register).text(lang));
    let comma = Label::new(", ", "، ", ", ").text(lang);
    for entry in entries {
        let by = entry.by.iter().map(|by| name(by, lang));
        let via = labels::VIA.text(lang);
        let via = entry
            .via
            .iter()
            .map(|by| format!("{via} {}", name(by, lang)));
        let key = labels::key(&entry.key, lang).into_iter();
        let key = key.map(|detail| markdown(&detail));
        let named: Vec<String> = by.chain(via).chain(key).collect();
        let holder = entry.controlled_by.as_deref();
        let held_by = labels::HELD_BY.text(lang);
        let holder = holder.map(|by| match by {
            detente_api::view::UNKNOWN => labels::word(Topic::Register(register), by, lang),
            code => name(code, lang),
        });
        let holder = holder.map(|holder| format!("{comma}{held_by} {holder}"));
        let status = markdown(&labels::word(
            Topic::Register(register),
            &entry.status,
            lang,
        ));
        let since = date(Some(&entry.since), lang);
        let marks = marks(
            [
                (entry.uncertain, labels::UNCERTAIN),
                (entry.disputed, labels::DISPUTED),
            ],
            lang,
        );
        let holder = holder.unwrap_or_default();
        let since = match lang {
            Lang::En => format!("{status} since {since}"),
            Lang::Ar => format!("{status} منذ {since}"),
            Lang::Ru => format!("{status} с {since}"),
        };
        let separator = if named.is_empty() { "" } else { ": " };
        page.push_str(&format!(
            "- {}{separator}{since}{holder}{marks}\n",
            named.join(comma)
        ));
    }
}

fn evidence<'v>(page: &mut String, bases: impl Iterator<Item = &'v BasisView>, lang: Lang) {
    let events = bases.flat_map(|basis| &basis.evidence);
    let events: BTreeSet<&Uuid> = events.collect();
    if events.is_empty() {
        let none = Label::new("Nothing is known.", "لا شيء معروف.", "Ничего не известно.");
        page.push_str(&format!("\n{}\n", none.text(lang)));
        return;
    }
    section(
        page,
        Label::new("evidence", "الأدلة", "свидетельства").text(lang),
    );
    let intro = Label::new(
        "The weightiest events of each dimension.",
        "أثقل الأحداث وزناً في كل بعد.",
        "Самые весомые события каждого измерения.",
    );
    page.push_str(&format!("{}\n\n", intro.text(lang)));
    for event in events {
        page.push_str(&format!("- [{event}](/v1/events/{event})\n"));
    }
}
