//! The page of a country: who governs it, what it is a member of, and its relations, both ways.

use axum::response::Response;
use detente_api::request::{Country, CountryRequest, ParamValue as _};
use detente_api::view::{CountryRelation, CountryView, Levels, UNKNOWN, labels};
use detente_domain::background::memberships_of;
use detente_domain::day::Day;
use detente_domain::dimension::{Dimension, Weighed};
use detente_domain::party::{Lang, Party};
use detente_feed::Error;
use detente_read_model::ReadRequest as _;
use maud::{Markup, html};

use crate::ask::Ask;
use crate::clocks::ClockBar;
use crate::lang::direction;
use crate::shell::Page;
use crate::{level, order};

/// The dimensions of the table, each with both directions.
const COLUMNS: [Dimension; 5] = [
    Dimension::Posture,
    Dimension::Recognition,
    Dimension::Declared,
    Dimension::Representation,
    Dimension::Weighed(Weighed::Threat),
];

/// Answers with the page.
pub(crate) async fn page(ask: Ask) -> Response {
    let page = view(&ask).await;
    ask.answer(page)
}

async fn view(ask: &Ask) -> Result<Page, Error> {
    ask.require_reader()?;
    let country = Country::parse_param("country", ask.params.segment("country"))?;
    let request = CountryRequest {
        country,
        clocks: ask.clocks()?,
    };
    let view = request.answer(&ask.model).await?;
    let clocks = ClockBar::of(ask, &view.at, view.known_at).await?;
    let party = country.party();
    let body = html! {
        (facts(ask, party, &view))
        (links(ask, party))
        h2 { (ask.texts.say("country-relations")) }
        (table(ask, party, &view))
    };
    Ok(Page::new(ask.name(party), body).at(clocks).live())
}

fn facts(ask: &Ask, party: Party, view: &CountryView) -> Markup {
    let texts = ask.texts;
    let others = Lang::ALL.into_iter().filter(|lang| *lang != ask.lang);
    let memberships = memberships(ask, party, &view.at);
    html! {
        dl.facts {
            dt { (texts.say("country-names")) }
            dd {
                @for lang in others {
                    bdi lang=(lang.as_str()) dir=(direction(lang)) { (party.name(lang)) } " · "
                }
                code { (party.code()) }
            }
            dt { (texts.say("country-governed")) }
            dd {
                @if view.governed_by == UNKNOWN { span.soft { (labels::UNKNOWN.text(ask.lang)) } }
                @else { (ask.name_of(&view.governed_by)) " " code { (view.governed_by) } }
            }
            dt { (texts.say("country-member")) }
            dd {
                @if memberships.is_empty() { span.soft { (texts.say("country-member-none")) } }
                @else {
                    ul.inline { @for organisation in memberships { li { (ask.name(organisation)) } } }
                }
                " " a href=(ask.href("sources", &[])) { (texts.say("country-member-source")) }
            }
        }
    }
}

/// Returns the organisations of which a state is a member on a day, by the background.
fn memberships(ask: &Ask, state: Party, at: &str) -> Vec<Party> {
    let Some(at) = Day::parse(at) else {
        return Vec::new();
    };
    let memberships = memberships_of(state).iter();
    let on = memberships.filter(|of| of.from <= at && of.to.is_none_or(|to| at < to));
    let mut of: Vec<Party> = on.map(|of| of.organisation).collect();
    of.sort_by_cached_key(|organisation| order::key(ask.name(*organisation)));
    of
}

fn links(ask: &Ask, party: Party) -> Markup {
    let texts = ask.texts;
    let code = party.code();
    let api = format!("/v1/countries/{code}");
    let pages = [
        ("country-board", ask.href("", &[("toward", code)])),
        ("country-map-towards", ask.href("map", &[("toward", code)])),
        (
            "country-map-of",
            ask.href("map", &[("toward", code), ("conducts", "of")]),
        ),
        ("country-brief", ask.href(&format!("briefs/{code}"), &[])),
    ];
    let lang = ask.lang.as_str();
    let forms = [
        ("JSON", ask.api(&api, &[("format", "json")])),
        (
            "Markdown",
            ask.api(&api, &[("format", "markdown"), ("lang", lang)]),
        ),
        (
            "CSV",
            ask.api("/v1/events", &[("country", code), ("format", "csv")]),
        ),
        (
            "Atom",
            crate::link::address(&format!("{api}/changes.atom"), [("lang", lang)]),
        ),
    ];
    html! {
        ul.formats aria-label=(texts.say("country-pages")) {
            @for (key, href) in pages { li { a href=(href) { (texts.say(key)) } } }
        }
        ul.formats aria-label=(texts.say("map-formats")) {
            @for (form, href) in forms {
                li {
                    a href=(href) {
                        @if form == "CSV" { (texts.say("map-events")) " " }
                        @if form == "Atom" { (texts.say("country-changes")) " " }
                        (form)
                    }
                }
            }
        }
    }
}

fn table(ask: &Ask, country: Party, view: &CountryView) -> Markup {
    let texts = ask.texts;
    if view.relations.is_empty() {
        return html! { p.empty { (texts.say("country-no-relations")) } };
    }
    let mut relations: Vec<&CountryRelation> = view.relations.iter().collect();
    relations.sort_by_cached_key(|relation| order::key(ask.name_of(&relation.with)));
    html! {
        div.scroll tabindex="0" role="region" aria-label=(texts.say("country-relations")) {
            table.both {
                thead {
                    tr {
                        th scope="col" { (texts.say("board-country")) }
                        th scope="col" { (texts.say("country-direction")) }
                        @for dimension in COLUMNS { th scope="col" { (labels::heading(dimension).text(ask.lang)) } }
                        th scope="col" { (texts.say("country-trajectory")) }
                        th scope="col" { (texts.say("country-flags")) }
                    }
                }
                @for relation in relations { (group(ask, country, relation)) }
            }
        }
        p.count { (texts.with("country-count", [("count", view.relations.len().into())])) }
    }
}

/// Writes both conducts of a relation.
fn group(ask: &Ask, country: Party, relation: &CountryRelation) -> Markup {
    let (own, with) = (country.code(), &relation.with);
    let ways = [
        (
            "country-outgoing",
            format!("relations/{own}/{with}"),
            &relation.outgoing,
        ),
        (
            "country-incoming",
            format!("relations/{with}/{own}"),
            &relation.incoming,
        ),
    ];
    html! {
        tbody {
            @for (place, (key, page, levels)) in ways.iter().enumerate() {
                tr {
                    @if place == 0 {
                        th scope="rowgroup" rowspan="2" {
                            a href=(ask.href(&format!("countries/{with}"), &[])) { (ask.name_of(with)) }
                            " " abbr { (with) }
                        }
                    }
                    th scope="row" { a href=(ask.href(page, &[])) { (ask.texts.say(key)) } }
                    @for dimension in COLUMNS { (cell(ask, dimension, levels)) }
                    td { (labels::trajectory(levels.trajectory.0).text(ask.lang)) }
                    td { (flags(ask, levels)) }
                }
            }
        }
    }
}

fn cell(ask: &Ask, dimension: Dimension, levels: &Levels) -> Markup {
    let word = match dimension {
        Dimension::Recognition => levels.recognition.as_str(),
        Dimension::Declared => levels.declared.as_str(),
        Dimension::Representation => levels.representation.as_str(),
        Dimension::Weighed(_) => levels.threat.as_str(),
        Dimension::Posture => levels.posture.as_str(),
    };
    let mut classes = level::classes(dimension, word);
    if levels
        .stale_dimensions
        .iter()
        .any(|stale| stale.0 == dimension)
    {
        classes.push_str(" stale");
    }
    let index = levels.index.filter(|_| dimension == Dimension::Posture);
    html! {
        td class=(classes) {
            @if word == UNKNOWN { span title=(labels::UNKNOWN.text(ask.lang)) { (level::mark(dimension, word)) } }
            @else {
                b { (level::mark(dimension, word)) } " " (level::word(dimension, word, ask.lang))
                @if let Some(index) = index { " " span dir="ltr" { (index) } }
            }
        }
    }
}

fn flags(ask: &Ask, levels: &Levels) -> Markup {
    let stale = levels.stale_dimensions.iter();
    let stale = stale.map(|stale| labels::heading(stale.0).text(ask.lang));
    let stale: Vec<&str> = stale.collect();
    html! {
        @if levels.presumed { span.flag { (labels::PRESUMED.text(ask.lang)) } " " }
        @if levels.disputed { span.flag { (labels::DISPUTED.text(ask.lang)) } " " }
        @if !stale.is_empty() {
            span.flag { (labels::STALE.text(ask.lang)) ": " (stale.join(ask.texts.say("country-and").as_ref())) }
        }
    }
}
