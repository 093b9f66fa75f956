//! The relations that an event affects, and the changes that it is a cause of.

use detente_api::request::{Day, DirectedPair, Direction, Pair};
use detente_api::submission::event;
use detente_api::view::{ChangeView, EventView};
use detente_chronicle::{Point, Position};
use detente_domain::event::EventId;
use detente_domain::relations::affected;
use detente_read_model::ReadSource as _;
use detente_read_model::archive::Archive;
use detente_read_model::queries::{history, history_step};
use maud::{Markup, html};

use crate::ask::Ask;
use crate::report::after;

/// The most relations that are read for changes, and the most that are named.
const READ_MAX: usize = 12;
const NAMED_MAX: usize = 60;

/// What an event affects.
pub(super) struct Effects {
    relations: Vec<Pair>,
    changes: Vec<ChangeView>,
}

/// Returns what an event affects, as known at a position, up to a day.
pub(super) async fn of(ask: &Ask, view: &EventView, known: u64, until: Option<Day>) -> Effects {
    let point = Point {
        at: until.unwrap_or(Day::LAST),
        known: Position(known),
    };
    let relations = relations(view);
    let mut changes = Vec::new();
    let Some(id) = view.event.id.map(EventId) else {
        return Effects { relations, changes };
    };
    for pair in relations.iter().copied().take(READ_MAX) {
        ask.model.fold_long(pair, point.known, point.at).await;
        let read = move |archive: &mut Archive| caused(archive, pair, id, point);
        changes.extend(ask.model.with_archive(read).await);
    }
    Effects { relations, changes }
}

fn relations(view: &EventView) -> Vec<Pair> {
    let json = serde_json::to_value(&view.event).ok();
    let draft = json.and_then(|json| event(&json).ok());
    let affected = draft.map(|draft| affected(&draft.act)).unwrap_or_default();
    affected.into_iter().map(|one| one.pair).collect()
}

/// Returns the steps of a relation of which an event is a cause. What both sides share stands once.
fn caused(archive: &mut Archive, pair: Pair, id: EventId, point: Point) -> Vec<ChangeView> {
    let mut changes = Vec::new();
    for direction in [Direction::Forward, Direction::Backward] {
        let steps = history(archive, DirectedPair { pair, direction }, None, point);
        let caused = steps.iter().filter(|step| step.causes.contains(&id));
        let views = caused.map(|step| history_step(archive, step, point));
        let is_first = direction == Direction::Forward;
        changes.extend(views.filter(|change| is_first || change.direction.is_some()));
    }
    changes
}

impl Effects {
    /// Writes the relations, with links to both conducts, and the changes.
    pub(super) fn render(&self, ask: &Ask) -> Markup {
        let texts = ask.texts;
        let more = self.relations.len().saturating_sub(NAMED_MAX);
        let unread = self.relations.len().saturating_sub(READ_MAX);
        html! {
            section aria-labelledby="effects" {
                h2 #effects { (texts.say("event-effects")) }
                @if self.relations.is_empty() { p.empty { (texts.say("event-no-relations")) } }
                @else {
                    ul.relations {
                        @for pair in self.relations.iter().take(NAMED_MAX) { (conducts(ask, *pair)) }
                    }
                    @if more > 0 { p.count { (texts.with("event-more-relations", [("count", more.into())])) } }
                    h3 { (texts.say("event-changes")) }
                    (after::changes(ask, &self.changes, 0))
                    @if unread > 0 { p.count { (texts.with("preview-relations-left-out", [("count", unread.into())])) } }
                }
            }
        }
    }
}

fn conducts(ask: &Ask, pair: Pair) -> Markup {
    let (a, b) = (pair.a(), pair.b());
    html! {
        @for (from, to) in [(a, b), (b, a)] {
            li {
                a href=(ask.href(&format!("relations/{}/{}", from.code(), to.code()), &[])) {
                    (detente_api::view::localized::towards(ask.name(from), ask.name(to), ask.lang))
                }
            }
        }
    }
}
