//! The sources: who published what is in the log, and what is built in.

use axum::response::Response;
use detente_api::view::labels;
use detente_domain::day::Day;
use detente_domain::publisher::Publisher;
use detente_domain::{background, party, publisher};
use detente_feed::Error;
use detente_read_model::publishers::{PublisherCounts, publishers};
use maud::{Markup, html};

use crate::ask::Ask;
use crate::dates;
use crate::shell::Page;

/// The most publishers that are listed.
const LISTED_MAX: usize = 500;
/// The most grades that are shown of a publisher.
const GRADES_MAX: usize = 5;

/// Answers with the page.
pub(crate) async fn page(ask: Ask) -> Response {
    let page = view(&ask).await;
    ask.answer(page)
}

async fn view(ask: &Ask) -> Result<Page, Error> {
    ask.require_reader()?;
    let view = publishers(&ask.model, LISTED_MAX).await?;
    let texts = ask.texts;
    let more = view.total.saturating_sub(view.publishers.len());
    let body = html! {
        h2 { (texts.say("sources-publishers")) }
        p { (texts.with("sources-publishers-text", [("known", view.known_at.to_string().into())])) }
        @if view.publishers.is_empty() { p.empty { (texts.say("sources-none")) } }
        @else { (table(ask, &view.publishers)) }
        p.count {
            (texts.with("sources-count", [("count", view.total.into())]))
            @if more > 0 { " · " (labels::more(more, ask.lang)) }
        }
        h2 { (texts.say("sources-files")) }
        p { (texts.say("sources-files-text")) }
        (files(ask))
        p { (texts.say("sources-governments")) }
    };
    Ok(Page::new(texts.say("foot-sources"), body))
}

fn table(ask: &Ask, publishers: &[PublisherCounts]) -> Markup {
    let texts = ask.texts;
    let columns = [
        "sources-publisher",
        "sources-reports",
        "sources-further",
        "sources-denials",
        "sources-corrections",
        "sources-grades",
        "sources-days",
        "sources-disputed",
    ];
    html! {
        div.scroll tabindex="0" role="region" aria-label=(texts.say("sources-publishers")) {
            table.list.publishers {
                thead { tr { @for key in columns { th scope="col" { (texts.say(key)) } } } }
                tbody { @for of in publishers { (line(ask, of)) } }
            }
        }
    }
}

fn line(ask: &Ask, of: &PublisherCounts) -> Markup {
    let mut names = of.names.iter();
    let first = names.next().map(String::as_str);
    let grades = of.grades.len();
    html! {
        tr {
            th scope="row" {
                bdi dir="auto" { (first.unwrap_or(of.publisher.name())) }
                @for name in names { span.soft { " · " bdi dir="auto" { (name) } } }
                @if let Publisher::Known(code) = &of.publisher { " " code { (code) } }
            }
            td { (of.reports) }
            td { (of.corroborations) }
            td { (of.denials) }
            td { (of.corrections) }
            td.grades dir="ltr" {
                @for (grade, count) in most(of) { span { (grade) " ×" (count) } " " }
                @if grades > GRADES_MAX { "…" }
            }
            td { (days(ask, of)) }
            td { (of.disputed) }
        }
    }
}

/// Returns the grades that a publisher has most often, the most frequent first.
fn most(of: &PublisherCounts) -> Vec<(String, u64)> {
    let mut grades: Vec<_> = of.grades.iter().collect();
    grades.sort_by_key(|(grade, count)| (std::cmp::Reverse(**count), **grade));
    let grades = grades.into_iter().take(GRADES_MAX);
    grades
        .map(|(grade, count)| (grade.to_string(), *count))
        .collect()
}

/// Writes the days of the events that a publisher was the first to report.
fn days(ask: &Ask, of: &PublisherCounts) -> Markup {
    let day = |day: Day| {
        let open = day.is_open() || of.reports == 0;
        (!open).then(|| dates::words(&day.to_string(), ask.texts))
    };
    html! {
        @match (day(of.earliest), day(of.latest)) {
            (Some(first), Some(last)) if first == last => (first),
            (Some(first), Some(last)) => { (first) " – " (last) }
            // The last one has no known end.
            (Some(first), None) => (ask.texts.with("date-from", [("from", first.into())])),
            (first, last) => (first.or(last).unwrap_or_else(|| "–".to_owned())),
        }
    }
}

/// Lists the files that are built in, each with its rows and its origin.
fn files(ask: &Ask) -> Markup {
    let texts = ask.texts;
    let [parties, schemes, rivals, ..] = party::REGISTRY_FILES;
    let [memberships, refusals] = background::FILE_BYTES;
    let [publishers] = publisher::REGISTRY_FILES;
    let files = [
        ("parties", parties),
        ("party_schemes", schemes),
        ("rivals", rivals),
        ("memberships", memberships),
        ("refusals", refusals),
        ("publishers", publishers),
    ];
    html! {
        div.scroll tabindex="0" role="region" aria-label=(texts.say("sources-files")) {
            table.list {
                thead { tr { @for key in ["sources-file", "sources-rows", "sources-holds", "sources-origin"] { th scope="col" { (texts.say(key)) } } } }
                tbody {
                    @for (file, bytes) in files {
                        @let key = file.replace('_', "-");
                        tr {
                            th scope="row" { code { (file) ".tsv" } }
                            td { (rows(bytes)) }
                            td.text { (texts.say(&format!("holds-{key}"))) }
                            td.text { (texts.say(&format!("origin-{key}"))) }
                        }
                    }
                }
            }
        }
        ul.formats aria-label=(texts.say("sources-origin")) {
            @for (name, address) in ORIGINS { li { a href=(address) rel="external noreferrer" { (name) } } }
        }
    }
}

/// Where the origins of the files are published.
const ORIGINS: [(&str, &str); 7] = [
    (
        "ISO 3166",
        "https://www.iso.org/iso-3166-country-codes.html",
    ),
    ("Unicode CLDR", "https://cldr.unicode.org/"),
    ("GeoNames", "https://www.geonames.org/"),
    ("GDELT (CAMEO)", "https://www.gdeltproject.org/"),
    ("Correlates of War", "https://correlatesofwar.org/"),
    ("World Bank", "https://data.worldbank.org/country"),
    (
        "United Nations",
        "https://www.un.org/en/about-us/member-states",
    ),
];

/// Counts the rows of an embedded file: its lines without comments, empty lines and the heading.
fn rows(file: &[u8]) -> usize {
    let lines = file.split(|byte| *byte == b'\n');
    let rows = lines.filter(|line| !line.is_empty() && !line.starts_with(b"#"));
    rows.skip(1).count()
}

#[cfg(test)]
mod tests {
    use detente_domain::party::Party;

    use super::*;

    #[test]
    fn rows_are_counted_without_comments_and_heading() {
        assert_eq!(rows(b"# x\ncode\tname\nA\t1\n\nB\t2\n"), 2);
        assert_eq!(rows(b""), 0);
        assert_eq!(rows(party::REGISTRY_FILES[0]), Party::all().count());
    }

    #[test]
    fn the_most_frequent_grades_come_first() {
        let grade = |text: &str| detente_domain::grade::Grade::parse(text).expect("a grade");
        let grades = [
            ("A1", 2),
            ("B2", 9),
            ("C3", 2),
            ("B1", 1),
            ("D4", 1),
            ("F6", 1),
        ];
        let of = PublisherCounts {
            publisher: Publisher::Known("TASS"),
            names: vec!["TASS".to_owned()],
            reports: 16,
            corroborations: 0,
            denials: 0,
            corrections: 0,
            grades: grades.map(|(text, count)| (grade(text), count)).into(),
            earliest: Day::MAX,
            latest: Day::MIN,
            disputed: 0,
        };
        let most: Vec<String> = most(&of).into_iter().map(|(grade, _)| grade).collect();
        assert_eq!(most, ["B2", "A1", "C3", "B1", "D4"]);
    }
}
