//! The latest view, cut to fit.

use detente_api::view::{Fit as _, LatestView, RelationView, VIEW_BYTES_MAX, json_len};
use detente_domain::dimension::Register;
use detente_domain::relations::Direction;
use detente_domain::state::State;

use super::golden::state;
use super::pair;

/// The state with many missions and agreements, one of them newer than the others.
fn long(direction: Direction) -> State {
    let mut long = state(direction);
    let mission = long.registers[&Register::Missions][0].clone();
    let mut missions = vec![mission; 301];
    missions[150].since = super::golden::since("2024-05-01", "2024-05-01");
    long.registers.insert(Register::Missions, missions);
    long
}

fn view(state: fn(Direction) -> State) -> LatestView {
    let conducts = Direction::BOTH.map(|direction| RelationView::new(&state(direction), 57, "p"));
    LatestView::new(pair(), 57, conducts)
}

#[test]
fn a_view_that_fits_is_whole() {
    let json = view(state).into_json(256 << 10).expect("is JSON");
    let read: LatestView = serde_json::from_slice(&json.expect("fits")).expect("reads back");
    assert_eq!(read, view(state));
    assert_eq!((&*read.projection, read.cut), ("p", None));
}

#[test]
fn a_view_that_is_too_large_keeps_its_newest_entries_and_says_how_many_there_are() {
    let bytes_max = 64 << 10;
    let json = view(long)
        .into_json(bytes_max)
        .expect("is JSON")
        .expect("fits");
    assert!(json.len() <= bytes_max && json.len() > bytes_max / 3);
    let read: LatestView = serde_json::from_slice(&json).expect("reads back");
    let cut = read.cut.expect("it is cut");
    assert_eq!(cut.read_at, "/v1/relations/AFG/TJK");
    let paths = ["AFG/TJK", "TJK/AFG"];
    let paths = paths.map(|ends| format!("/v1/relations/{ends}/registers/missions"));
    let pages: Vec<_> = cut.pages.iter().collect();
    assert_eq!(pages, [(&"missions".into(), &paths)]);
    let total: Vec<_> = cut.entries_total.iter().collect();
    assert_eq!(total, [(&"missions".into(), &301)]);
    for conduct in &read.conducts {
        let kept = conduct.register(Register::Missions);
        assert!(kept.len() < 301 && !kept.is_empty());
        let newest = kept.iter().filter(|entry| entry.since == "2024-05-01");
        assert_eq!(newest.count(), 1);
        // What is short stays whole.
        assert_eq!(conduct.register(Register::Deployments).len(), 1);
        assert_eq!(conduct.disputes.len(), 2);
    }
}

#[test]
fn a_limit_below_the_dimensions_alone_gives_no_view() {
    assert_eq!(view(long).into_json(1_000).expect("is JSON"), None);
}

#[test]
fn a_conduct_that_is_too_large_keeps_its_newest_entries_and_says_where_all_are() {
    let bytes_max = 64 << 10;
    let whole = RelationView::new(&long(Direction::Forward), 57, "p");
    let mut cut = whole.clone();
    assert!(cut.fit(bytes_max) && json_len(&cut) <= bytes_max);
    let noted = cut.cut.clone().expect("it is cut");
    let total: Vec<_> = noted.entries_total.iter().collect();
    assert_eq!(total, [(&"missions".into(), &301)]);
    let (from, to, at) = (&whole.from, &whole.to, &whole.at);
    let path = format!("/v1/relations/{from}/{to}/registers/missions?at={at}&known_at=57");
    assert_eq!(noted.pages.into_values().collect::<Vec<_>>(), [path]);
    let kept = cut.register(Register::Missions);
    assert!(kept.iter().any(|entry| entry.since == "2024-05-01"));
    // One that fits is as it was.
    let mut same = whole.clone();
    assert!(same.fit(VIEW_BYTES_MAX));
    assert_eq!(same, whole);
    assert!(!same.fit(1_000));
}
