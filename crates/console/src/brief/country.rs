//! The brief of a country: its relations, both ways.

use std::collections::BTreeMap;

use detente_api::request::{
    Clocks, CountryRequest, DirectedPair, EventsRequest, KnownAt, Order, PageRequest, Part as _,
    RelationRequest, Topic,
};
use detente_api::view::{
    ChangeView, CountryRelation, CountryView, EntryView, EventView, Levels, UNKNOWN, labels,
};
use detente_chronicle::{Point, Position};
use detente_domain::day::Day;
use detente_domain::dimension::{Dimension, Register, Weighed};
use detente_domain::event::EventId;
use detente_domain::party::Party;
use detente_feed::Error;
use detente_read_model::{ReadRequest as _, course, event_views};
use maud::{Markup, html};
use uuid::Uuid;

use super::{Citation, changes, last_year, point, registers, sources};
use crate::ask::Ask;
use crate::cite::Cite;
use crate::clocks::ClockBar;
use crate::relation::levels::cell;
use crate::shell::Page;

/// The dimensions of the table.
const COLUMNS: [Dimension; 4] = [
    Dimension::Posture,
    Dimension::Recognition,
    Dimension::Representation,
    Dimension::Weighed(Weighed::Threat),
];
/// The registers that are listed: what two states have with each other, and not what all have.
const REGISTERS: [Register; 7] = [
    Register::Missions,
    Register::Alliances,
    Register::Wars,
    Register::Occupations,
    Register::Deployments,
    Register::Sanctions,
    Register::Listings,
];
/// The newest steps of a conduct that are looked through for changes.
const STEPS_MAX: usize = 500;
/// The most disputed events that are described.
const DISPUTES_MAX: usize = 20;
/// The most events that are listed.
const EVENTS_MAX: usize = 12;

pub(super) async fn view(ask: &Ask) -> Result<Page, Error> {
    ask.require_reader()?;
    let request = CountryRequest {
        country: detente_api::request::ParamValue::parse_param(
            "country",
            ask.params.segment("country"),
        )?,
        clocks: Clocks::parse_part("", &ask.params)?,
    };
    let party = request.country.party();
    let view = request.answer(&ask.model).await?;
    let changed = changed(ask, party, &view).await?;
    let events = newest(ask, party, &view).await?;
    let disputed = disputed(ask, &view).await?;
    let entries = entries(ask, party, &view).await?;
    let listed = REGISTERS
        .into_iter()
        .filter_map(|register| Some((register, entries.get(&register)?.as_slice())));
    let name = ask.name(party);
    let title = ask.texts.with("brief-title", [("name", name.into())]);
    let citation = Citation {
        title: name,
        key: party.code(),
        at: &view.at,
        known_at: view.known_at,
        projection: &view.projection,
    };
    let clocks = ClockBar::of(ask, &view.at, view.known_at).await?;
    let published = events
        .iter()
        .map(|event| event.event.report.publisher.as_str());
    let governed = match &*view.governed_by {
        UNKNOWN => labels::UNKNOWN.text(ask.lang),
        code => ask.name_of(code),
    };
    let body = html! {
        article.brief {
            (point(ask, &citation))
            p { (ask.texts.with("brief-governed", [("by", governed.into())])) }
            (table(ask, &view))
            (changes(ask, &changed))
            (registers(ask, listed))
            (disputes(ask, &view, &disputed))
            @if !events.is_empty() {
                section {
                    h2 { (ask.texts.say("brief-newest")) }
                    ul.cites { @for event in events.iter().take(EVENTS_MAX) { li { (Cite::from(event).render(ask)) } } }
                }
            }
            (sources(ask, published))
            (citation.render(ask))
        }
    };
    Ok(Page::new(title, body).at(clocks))
}

/// Returns the changes of posture and of the ladders within the year before, of all relations.
async fn changed(ask: &Ask, party: Party, view: &CountryView) -> Result<Vec<ChangeView>, Error> {
    let point = Point {
        at: Day::parse(&view.at).unwrap_or(Day::MAX),
        known: Position(view.known_at),
    };
    let mut changes = Vec::new();
    for with in &view.relations {
        for (from, to) in [(party.code(), &*with.with), (&*with.with, party.code())] {
            let relation = DirectedPair::between(from, to)?;
            let steps = course::steps(&ask.model, relation, None, point, STEPS_MAX).await;
            let shown = steps.items.into_iter().filter(|step| {
                COLUMNS
                    .iter()
                    .any(|column| step.dimension.0 == Topic::Dimension(*column))
            });
            changes.extend(shown);
        }
    }
    Ok(last_year(&changes, &view.at))
}

/// Returns the entries of the registers of all relations.
async fn entries(
    ask: &Ask,
    party: Party,
    view: &CountryView,
) -> Result<BTreeMap<Register, Vec<EntryView>>, Error> {
    let mut all: BTreeMap<Register, Vec<EntryView>> = BTreeMap::new();
    for with in &view.relations {
        let request = RelationRequest {
            relation: DirectedPair::between(party.code(), &with.with)?,
            clocks: clocks(view),
        };
        let relation = request.answer(&ask.model).await?;
        for register in REGISTERS {
            let entries = relation.register(register).iter().cloned();
            all.entry(register).or_default().extend(entries);
        }
    }
    Ok(all)
}

/// Returns the clocks of a view, so that others are read at the same point.
fn clocks(view: &CountryView) -> Clocks {
    Clocks {
        at: Day::parse(&view.at),
        known_at: Some(KnownAt::Position(view.known_at)),
        min_position: None,
    }
}

/// Returns the newest events of a country.
async fn newest(ask: &Ask, party: Party, view: &CountryView) -> Result<Vec<EventView>, Error> {
    let request = EventsRequest {
        clocks: clocks(view),
        page: PageRequest::default(),
        country: Some(party),
        order: Some(Order::Newest),
        ..EventsRequest::default()
    };
    let mut events = request.answer(&ask.model).await?.items;
    events.sort_by(|one, other| other.event.occurred.cmp(&one.event.occurred));
    Ok(events)
}

/// Returns the disputed events of all relations, by id.
async fn disputed(ask: &Ask, view: &CountryView) -> Result<BTreeMap<Uuid, EventView>, Error> {
    let disputes = view.relations.iter().flat_map(|with| &with.disputes);
    let ids: Vec<EventId> = disputes
        .map(|dispute| EventId(dispute.event))
        .take(DISPUTES_MAX)
        .collect();
    let views = event_views::views(&ask.model, &ids, view.known_at).await?;
    Ok(views
        .into_iter()
        .filter_map(|view| Some((view.event.id?, view)))
        .collect())
}

/// The levels of both directions of each relation.
fn table(ask: &Ask, view: &CountryView) -> Markup {
    let texts = ask.texts;
    let known: Vec<&CountryRelation> = view
        .relations
        .iter()
        .filter(|with| is_known(&with.outgoing) || is_known(&with.incoming))
        .collect();
    if known.is_empty() {
        return html! { p.empty { (texts.say("brief-no-relations")) } };
    }
    html! {
        section {
            h2 { (texts.say("relation-levels")) }
            div.scroll tabindex="0" role="region" aria-label=(texts.say("relation-levels")) {
                table.levels {
                    thead {
                        tr {
                            th scope="col" { (texts.say("brief-with")) }
                            th scope="col" { (texts.say("brief-way")) }
                            @for dimension in COLUMNS { th scope="col" { (labels::heading(dimension).text(ask.lang)) } }
                            th scope="col" { (texts.say("levels-index")) }
                        }
                    }
                    @for with in known {
                        tbody {
                            @for (is_out, levels) in [(true, &with.outgoing), (false, &with.incoming)] {
                                tr {
                                    @if is_out { th scope="rowgroup" rowspan="2" { (ask.name_of(&with.with)) } }
                                    th scope="row" { (way(ask, view, with, is_out)) }
                                    @for dimension in COLUMNS { (cell(ask, dimension, word(levels, dimension), None)) }
                                    td.number { @if let Some(index) = levels.index { bdi { (index) } } @else { "–" } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Links the page of a direction.
fn way(ask: &Ask, view: &CountryView, with: &CountryRelation, is_out: bool) -> Markup {
    let (from, to, key) = if is_out {
        (&view.country, &with.with, "brief-out")
    } else {
        (&with.with, &view.country, "brief-in")
    };
    html! { a href=(ask.href(&format!("relations/{from}/{to}"), &[])) { (ask.texts.say(key)) } }
}

fn word(levels: &Levels, dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Posture => levels.posture.as_str(),
        Dimension::Recognition => levels.recognition.as_str(),
        Dimension::Representation => levels.representation.as_str(),
        Dimension::Weighed(Weighed::Threat) => levels.threat.as_str(),
        Dimension::Declared | Dimension::Weighed(_) => UNKNOWN,
    }
}

fn is_known(levels: &Levels) -> bool {
    levels.posture.0.is_some()
        || levels.representation.0.is_some()
        || levels.threat.0.is_some()
        || (levels.recognition.0.is_some() && !levels.presumed)
}

/// The disputed events, with both sides.
fn disputes(ask: &Ask, view: &CountryView, events: &BTreeMap<Uuid, EventView>) -> Markup {
    let texts = ask.texts;
    let all: usize = view
        .relations
        .iter()
        .map(|with| with.disputes_total.unwrap_or(with.disputes.len()))
        .sum();
    html! {
        @if all > 0 {
            section {
                h2 { (texts.say("disputes")) }
                ul.cites { @for event in events.values() { li { (Cite::from(event).render(ask)) } } }
                p.count { (labels::more(all.saturating_sub(events.len()), ask.lang)) }
            }
        }
    }
}
