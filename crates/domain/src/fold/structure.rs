//! What stands in a relation: its register entries and the limits that follow from them.
//!
//! Both depend on the structural items alone, which are few among all, so that they are computed
//! again from those when a fold is advanced.

use super::band::{self, Bands, Facts};
use super::in_force::{self, Order};
use super::regime::Regimes;
use super::registers::{self, Entries};
use super::{Item, Timeline};
use crate::day::Day;
use crate::event::EventId;
use crate::kind::{DurationClass, Effect, Kind};
use crate::relations::Pair;
use crate::rulebook::Rulebook;

/// The entries of a relation, and the limits of its levels.
pub(super) struct Structure {
    pub(super) entries: Entries,
    pub(super) bands: Bands,
}

/// Returns true if an item may open, change or close something, limit a level or be a claim about
/// recognition. Any other, and any of too weak a grade, only weighs, and may be a contact.
pub(super) fn is_structural(item: &Item<'_>, rules: &Rulebook) -> bool {
    let kind = item.act.kind;
    let rule = rules.kind(kind);
    let limits = || {
        let may = kind.class() != DurationClass::Standing && rule.may_limit();
        may && rule.rule(&item.act.details).limits()
    };
    let stands = kind.register().is_some() || kind.effect() != Effect::None;
    rules.moves_ladders(item.grade) && (stands || is_claim(item) || limits())
}

/// Returns true if an item may be a claim about recognition.
pub(super) fn is_claim(item: &Item<'_>) -> bool {
    let kind = item.act.kind;
    let claims = matches!(
        kind,
        Kind::RecognitionGranted
            | Kind::RecognitionWithheld
            | Kind::RecognitionRefused
            | Kind::RecognitionWithdrawn
    );
    claims || kind.establishes() || item.rival.is_some()
}

/// Computes what stands from the structural items, which are in order of effect. The entries name
/// the items by their places.
pub(super) fn build(
    pair: Pair,
    (items, places): (&[Item<'_>], &[usize]),
    regimes: &Regimes<'_>,
    rules: &Rulebook,
) -> Structure {
    let mut entries = registers::build(pair, items, regimes, rules);
    let facts = Facts {
        pair,
        items,
        regimes,
        rules,
    };
    let bands = band::build(facts, &entries);
    entries.renumber(places);
    Structure { entries, bands }
}

/// Returns the places of items, in order of effect and among all.
pub(super) fn in_order(
    (items, places): (&[Item<'_>], &[usize]),
    rules: &Rulebook,
) -> Vec<(Order, usize)> {
    let orders = items
        .iter()
        .map(|item| in_force::order(item, item.earliest, rules));
    let mut orders: Vec<(Order, usize)> = orders.zip(places.iter().copied()).collect();
    orders.sort_unstable();
    orders
}

/// Returns the places of events, which are each at one of them, in order of items.
pub(super) fn places(
    items: &[Item<'_>],
    known: impl Iterator<Item = (EventId, usize)>,
) -> Option<Vec<usize>> {
    let mut known: Vec<(EventId, usize)> = known.collect();
    known.sort_unstable();
    let place = |item: &Item<'_>| {
        let found = known.binary_search_by_key(&item.event, |(event, _)| *event);
        found.ok().map(|found| known[found].1)
    };
    items.iter().map(place).collect()
}

/// Returns the first day of a difference between two lists, which are in order of days.
pub(super) fn first_of_difference<T: PartialEq>(
    one: &[(Day, T)],
    other: &[(Day, T)],
) -> Option<Day> {
    first_where(one, other, T::eq)
}

/// Returns the first day of a difference between two lists, whose values are compared by a function.
pub(super) fn first_where<T>(
    one: &[(Day, T)],
    other: &[(Day, T)],
    same: impl Fn(&T, &T) -> bool,
) -> Option<Day> {
    let equal = |(one, other): &(&(Day, T), &(Day, T))| one.0 == other.0 && same(&one.1, &other.1);
    let count = one.iter().zip(other).take_while(equal).count();
    let days = [one, other].map(|list| list.get(count).map(|(day, _)| *day));
    days.into_iter().flatten().min()
}

/// Returns the first day on which two timelines differ.
pub(super) fn first_difference(one: &Timeline, other: &Timeline) -> Option<Day> {
    let same = one.steps.iter().zip(&other.steps);
    let same = same.take_while(|(one, other)| one == other).count();
    let days = [one, other].map(|timeline| timeline.steps.get(same).map(|step| step.day));
    days.into_iter().flatten().min()
}
