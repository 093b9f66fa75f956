//! A country as Markdown.

use detente_api::request::Topic;
use detente_api::text::markdown;
use detente_api::view::labels::{self, Label};
use detente_api::view::{CountryRelation, CountryView, Levels, NamesView};
use detente_domain::dimension::{Dimension, Weighed};
use detente_domain::party::Lang;

use super::Markdown;
use super::format::{as_of, disputes, heads, marks, name, number, section};

/// The dimensions of a table, in order.
const DIMENSIONS: [Dimension; 8] = [
    Dimension::Recognition,
    Dimension::Representation,
    Dimension::Weighed(Weighed::Political),
    Dimension::Weighed(Weighed::Security),
    Dimension::Weighed(Weighed::Economic),
    Dimension::Weighed(Weighed::Humanitarian),
    Dimension::Weighed(Weighed::Societal),
    Dimension::Weighed(Weighed::Threat),
];

impl Markdown for CountryView {
    fn to_markdown(&self, lang: Lang) -> String {
        let own = own_name(&self.names, lang);
        let others = Lang::ALL.into_iter().filter(|other| *other != lang);
        let others: Vec<String> = others.map(|lang| own_name(&self.names, lang)).collect();
        let governed = Label::new("Governed by", "تحكمه", "У власти").text(lang);
        let mut page = format!(
            "# {own}\n\n{}\n\n{} {governed}: {}.\n",
            others.join(" · "),
            as_of(&self.at, self.known_at, &self.projection, lang),
            match &*self.governed_by {
                detente_api::view::UNKNOWN => unknown(lang),
                code => name(code, lang),
            },
        );
        if self.relations.is_empty() {
            let none = Label::new(
                "No relation is known.",
                "لا تُعرف أي علاقة.",
                "Отношения неизвестны.",
            );
            page.push_str(&format!("\n{}\n", none.text(lang)));
            return page;
        }
        let title = match lang {
            Lang::En => format!("How {own} stands towards others"),
            Lang::Ar => format!("موقف {own} من الدول الأخرى"),
            Lang::Ru => format!("{own}: отношение к другим"),
        };
        table(&mut page, self, &title, lang, |relation| {
            (&self.country, &relation.with, &relation.outgoing)
        });
        let title = match lang {
            Lang::En => format!("How others stand towards {own}"),
            Lang::Ar => format!("موقف الدول الأخرى من {own}"),
            Lang::Ru => format!("{own}: отношение других"),
        };
        table(&mut page, self, &title, lang, |relation| {
            (&relation.with, &self.country, &relation.incoming)
        });
        let all = self.relations.iter();
        disputes(&mut page, all.flat_map(|relation| &relation.disputes), lang);
        page
    }
}

fn own_name(names: &NamesView, lang: Lang) -> String {
    markdown(match lang {
        Lang::En => &names.en,
        Lang::Ar => &names.ar,
        Lang::Ru => &names.ru,
    })
}

fn unknown(lang: Lang) -> String {
    let topic = Topic::Dimension(Dimension::Recognition);
    labels::word(topic, detente_api::view::UNKNOWN, lang)
}

/// Writes a table of one conduct of each relation: that of the first state towards the second.
fn table<'v>(
    page: &mut String,
    view: &'v CountryView,
    title: &str,
    lang: Lang,
    conduct: impl Fn(&'v CountryRelation) -> (&'v str, &'v str, &'v Levels),
) {
    section(page, title);
    let first = [
        (Label::new("With", "مع", "С кем"), false),
        (
            Label::new("Posture", "الموقف العام", "Общее отношение"),
            false,
        ),
        (Label::new("Index", "المؤشر", "Индекс"), true),
        (Label::new("Trajectory", "الاتجاه", "Тенденция"), false),
    ];
    let dimensions = DIMENSIONS.map(|dimension| (labels::heading(dimension), false));
    heads(page, &[&first[..], &dimensions[..]].concat(), lang);
    for relation in &view.relations {
        let (from, to, levels) = conduct(relation);
        let cells: Vec<String> = DIMENSIONS
            .into_iter()
            .map(|dimension| cell(levels, dimension, lang))
            .collect();
        page.push_str(&format!(
            "| [{}](/v1/relations/{from}/{to}?format=markdown&lang={lang}&at={}&known_at={}) \
             | {}{} | {} | {} | {} |\n",
            own_name(&relation.names, lang),
            view.at,
            view.known_at,
            cell(levels, Dimension::Posture, lang),
            marks([(levels.disputed, labels::DISPUTED)], lang),
            number(levels.index, lang),
            labels::trajectory(levels.trajectory.0).text(lang),
            cells.join(" | "),
        ));
    }
}

/// Returns a level, with its marks.
fn cell(levels: &Levels, dimension: Dimension, lang: Lang) -> String {
    let word = match dimension {
        Dimension::Posture => levels.posture.as_str(),
        dimension => {
            let mut words = levels.words().into_iter();
            let word = words.find(|(name, _)| *name == dimension.as_str());
            word.map_or("", |(_, word)| word)
        }
    };
    let stale = levels
        .stale_dimensions
        .iter()
        .any(|stale| stale.0 == dimension);
    let presumed = dimension == Dimension::Recognition && levels.presumed;
    let marks = marks([(stale, labels::STALE), (presumed, labels::PRESUMED)], lang);
    markdown(&labels::word(Topic::Dimension(dimension), word, lang)) + &marks
}
