//! The background of relations: memberships and refusals that hold before any report.

use crate::regime_act::RegimeParts;
use detente_domain::background::{self, BackgroundEvent};
use detente_domain::fold::regime::MembershipUpdate;
use detente_domain::fold::{Item, Regime};
use detente_domain::party::Party;
use detente_domain::relations::{self, Pair};
use hashbrown::HashMap;
use std::sync::{Arc, LazyLock};

/// The regimes that follow from the background alone, by state.
static REGIMES: LazyLock<HashMap<Party, Arc<Regime>>> = LazyLock::new(|| {
    let regime = |state| (state, Arc::new(updates(state).into_regime()));
    Party::all().map(regime).collect()
});

/// Returns the regime of a state without any report.
pub(crate) fn regime(state: Party) -> Arc<Regime> {
    REGIMES.get(&state).cloned().unwrap_or_default()
}

/// Returns the parts of the regime of a state without any report.
pub(crate) fn updates(state: Party) -> RegimeParts {
    let mut parts = RegimeParts::default();
    for membership in background::memberships_of(state) {
        let update = |day, event, joins| MembershipUpdate {
            day,
            event,
            organisation: membership.organisation,
            joins,
        };
        let joined = update(membership.from, membership.event, true);
        let left = membership.to.zip(membership.ended_by);
        let left = left.map(|(day, event)| update(day, event, false));
        parts.memberships.extend([joined].into_iter().chain(left));
    }
    parts
}

/// Returns true if a state is or was a member of an organisation, by the background.
pub(crate) fn was_member(state: Party, organisation: Party) -> bool {
    let mut memberships = background::memberships_of(state).iter();
    memberships.any(|membership| membership.organisation == organisation)
}

/// Returns the items of a pair that no report tells: refusals between its states, and the end of a
/// refusal of one of them to recognise a rival of the other.
pub(crate) fn items(pair: Pair) -> Vec<Item<'static>> {
    let rival_pairs = [(pair.a(), pair.b()), (pair.b(), pair.a())]
        .into_iter()
        .flat_map(|(from, to)| {
            let rivals = to.ever_rivals();
            rivals.filter_map(move |rival| Pair::new(from, rival))
        });
    let pairs = [pair].into_iter().chain(rival_pairs);
    let events = pairs.flat_map(background::refusals_between);
    events.filter_map(|event| item(pair, event)).collect()
}

/// Converts an event to an item of a pair; `None` if it does not affect it.
fn item(pair: Pair, event: &'static BackgroundEvent) -> Option<Item<'static>> {
    let affected = relations::affected(&event.act);
    let affected = affected
        .into_iter()
        .find(|affected| affected.pair == pair)?;
    Some(Item {
        event: event.id,
        act: &event.act,
        earliest: event.earliest,
        latest: event.latest,
        grade: event.grade,
        disputed: false,
        denied: 0,
        directed: affected.directed,
        rival: affected.rival,
    })
}
