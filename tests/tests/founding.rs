//! The founding case: the demo data set under the shipped rulebook agrees with its source analysis.

use detente_api::json::{self, BodyFormat, Draft, Submission};
use detente_chronicle::{Chronicle, Position};
use detente_domain::day::Day;
use detente_domain::dimension::{Register, Weighed};
use detente_domain::event::{Authorship, EventId};
use detente_domain::kind::Kind;
use detente_domain::level::{Declared, Level, Recognition, Representation};
use detente_domain::party::Party;
use detente_domain::record::{Body, Record, RecordId};
use detente_domain::relations::Pair;
use detente_domain::state::{EntryState, State};
use detente_rulebook as rulebook;
use std::sync::Arc;
use time::OffsetDateTime;

const DEMO: &str = include_str!("../../crates/cli/data/demo.ndjson");
const BACKGROUND: &str = include_str!("../../crates/cli/data/background.ndjson");
const FIVE: [&str; 5] = ["KAZ", "KGZ", "TJK", "TKM", "UZB"];

fn party(code: &str) -> Party {
    Party::find(code).unwrap_or_else(|| panic!("no party {code}"))
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap_or_else(|| panic!("no day {text}"))
}

fn entries(text: &str) -> Vec<Submission> {
    json::submissions(text.as_bytes(), BodyFormat::Ndjson)
        .map(|(row, entry)| entry.unwrap_or_else(|why| panic!("row {row}: {why:?}")))
        .collect()
}

fn drafts(text: &str) -> Vec<Draft> {
    let event = |entry| match entry {
        Submission::Event(draft) => Some(draft),
        Submission::Amendment(_) => None,
    };
    entries(text).into_iter().filter_map(event).collect()
}

/// Folds the demo without the events that `leave_out` matches.
fn demo(leave_out: impl Fn(&Draft) -> bool) -> Chronicle {
    let rules = rulebook::default_rulebook().unwrap_or_else(|why| panic!("{why:?}"));
    let mut chronicle = Chronicle::new(Arc::new(rules));
    let all = entries(BACKGROUND).into_iter().chain(entries(DEMO));
    let kept = all.filter(|entry| !matches!(entry, Submission::Event(draft) if leave_out(draft)));
    for (place, entry) in kept.enumerate() {
        let (id, body) = match entry {
            Submission::Event(draft) => {
                let id = draft.id.unwrap_or_else(|| panic!("an event without an id"));
                (id, Body::Reported(Box::new(draft.into_event(EventId(id)))))
            }
            Submission::Amendment(amendment) => (
                amendment.id.unwrap_or_else(|| panic!("no id")),
                amendment.body,
            ),
        };
        let authorship = Authorship {
            author: "local".to_owned(),
            recorded: OffsetDateTime::UNIX_EPOCH,
        };
        let record = Record {
            id: RecordId(id),
            authorship,
            body,
        };
        chronicle.apply(Position(place as u64 + 1), &record);
    }
    chronicle
}

fn whole() -> Chronicle {
    demo(|_| false)
}

fn state(chronicle: &mut Chronicle, from: &str, to: &str, at: &str) -> State {
    let (from, to) = (party(from), party(to));
    let pair = Pair::new(from, to).unwrap_or_else(|| panic!("no pair"));
    let direction = pair.from(from).unwrap_or_else(|| panic!("not of the pair"));
    chronicle.state(pair, direction, day(at), None)
}

fn missions(state: &State) -> Vec<(String, Option<&'static str>)> {
    let entries = state
        .registers
        .get(&Register::Missions)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let city = |entry: &EntryState| {
        let named = entry
            .key
            .fields
            .iter()
            .find_map(|(field, value)| match value {
                detente_domain::details::Value::Text(text) if field.as_str() == "city" => {
                    Some(text)
                }
                _ => None,
            });
        named.map(|text| text.to_string()).unwrap_or_default()
    };
    let mut missions: Vec<_> = entries
        .iter()
        .map(|entry| (city(entry), entry.controlled_by.map(Party::code)))
        .collect();
    missions.sort();
    missions
}

fn is_khorog(draft: &Draft) -> bool {
    draft.act.kind == Kind::MissionHandedOver && draft.act.actors == [party("TJK")]
}

fn is_rockets(draft: &Draft) -> bool {
    draft.act.kind == Kind::AttackOccurred
}

#[test]
fn tajikistan_stands_lowest_at_the_end_of_2022_and_its_neighbours_highest() {
    let mut chronicle = whole();
    let at = "2022-12-31";
    let mut ranked: Vec<(i64, &str)> = FIVE
        .iter()
        .map(|code| (state(&mut chronicle, code, "AFG", at).posture.index, *code))
        .collect();
    ranked.sort_unstable();
    assert_eq!(ranked[0].1, "TJK", "{ranked:?}");
    let mut highest = [ranked[3].1, ranked[4].1];
    highest.sort_unstable();
    assert_eq!(highest, ["TKM", "UZB"], "{ranked:?}");
    let political = &state(&mut chronicle, "TJK", "AFG", at).weighed[0];
    assert!(political.level <= Some(Level::Strained), "{political:?}");
    assert!(political.level.is_some());
}

#[test]
fn the_hand_over_of_khorog_steps_tajikistan_up_and_nothing_else_does() {
    let political = |chronicle: &mut Chronicle, at| {
        state(chronicle, "TJK", "AFG", at).weighed[Weighed::Political.index()].clone()
    };
    let (mut with, mut without) = (whole(), demo(is_khorog));
    let khorog = drafts(DEMO)
        .into_iter()
        .find(is_khorog)
        .and_then(|draft| draft.id)
        .map(EventId);
    let (before, after) = (
        political(&mut with, "2023-03-22"),
        political(&mut with, "2023-03-23"),
    );
    assert!(
        after.index >= before.index + 500,
        "{} to {}",
        before.index,
        after.index
    );
    assert!(
        after
            .basis
            .evidence
            .iter()
            .any(|event| Some(*event) == khorog)
    );
    assert!(
        !before
            .basis
            .evidence
            .iter()
            .any(|event| Some(*event) == khorog)
    );
    let tenth = |index: i64| (index as f64 / 100.0).round() as i64;
    let (before, after) = (
        political(&mut without, "2023-03-22"),
        political(&mut without, "2023-03-23"),
    );
    assert_eq!(
        tenth(before.index),
        tenth(after.index),
        "the step is gone without it"
    );
    let missions_at = |chronicle: &mut Chronicle, at| missions(&state(chronicle, "TJK", "AFG", at));
    assert_eq!(missions_at(&mut with, "2023-03-22"), []);
    assert_eq!(
        missions_at(&mut with, "2023-03-23"),
        [("Khorog".to_owned(), Some("TALIBAN"))]
    );
}

#[test]
fn turkmenistan_accepts_an_ambassador_from_march_2022() {
    let mut chronicle = whole();
    let april = state(&mut chronicle, "TKM", "AFG", "2022-04-15");
    assert_eq!(april.representation.level, Some(Representation::Ambassador));
    assert!(!april.representation.basis.uncertain);
    let march = state(&mut chronicle, "TKM", "AFG", "2022-03-15");
    assert_eq!(march.representation.level, Some(Representation::Ambassador));
    assert!(march.representation.basis.uncertain);
    assert_eq!(missions(&april), [("Ashgabat".to_owned(), Some("TALIBAN"))]);
    let since = april.registers[&Register::Missions][0].since;
    assert_eq!(
        (since.earliest, since.latest),
        (day("2022-03-01"), day("2022-03-31"))
    );
    let february = state(&mut chronicle, "TKM", "AFG", "2022-02-28");
    assert_eq!(february.representation.level, None);
}

#[test]
fn no_state_recognises_and_kazakhstan_declares_it() {
    let mut chronicle = whole();
    for code in FIVE {
        for at in [
            "2021-07-31",
            "2021-09-01",
            "2022-08-01",
            "2023-04-18",
            "2026-01-01",
        ] {
            let recognition = state(&mut chronicle, code, "AFG", at).recognition;
            assert!(
                recognition.level < Some(Recognition::DeFacto),
                "{code} {at}"
            );
        }
    }
    let kazakhstan = state(&mut chronicle, "KAZ", "AFG", "2023-04-18");
    assert_eq!(kazakhstan.recognition.declared, Some(Declared::Withholds));
    assert_eq!(kazakhstan.recognition.level, Some(Recognition::Dealings));
    assert!(!kazakhstan.recognition.signals.is_empty());
    assert_eq!(
        kazakhstan.representation.level,
        Some(Representation::Liaison)
    );
}

#[test]
fn missions_match_the_analysis() {
    let mut chronicle = whole();
    let kyrgyzstan = state(&mut chronicle, "KGZ", "AFG", "2023-04-18");
    assert_eq!(missions(&kyrgyzstan), []);
    assert_eq!(kyrgyzstan.representation.level, None);
    let uzbekistan = missions(&state(&mut chronicle, "UZB", "AFG", "2022-07-31"));
    assert_eq!(
        uzbekistan,
        [
            ("Tashkent".to_owned(), Some("TALIBAN")),
            ("Termez".to_owned(), Some("TALIBAN")),
        ]
    );
    assert_eq!(
        missions(&state(&mut chronicle, "UZB", "AFG", "2022-06-30")),
        []
    );
}

#[test]
fn rockets_of_a_group_are_a_threat_and_not_conduct_of_its_host_state() {
    let (mut with, mut without) = (whole(), demo(is_rockets));
    for code in ["UZB", "TJK"] {
        let threat = |chronicle: &mut Chronicle| {
            state(chronicle, code, "AFG", "2022-08-01").weighed[Weighed::Threat.index()].clone()
        };
        let (loud, quiet) = (threat(&mut with), threat(&mut without));
        assert!(
            loud.strain > quiet.strain,
            "{code}: {} {}",
            loud.strain,
            quiet.strain
        );
        assert!(
            loud.threat > quiet.threat,
            "{code}: {:?} {:?}",
            loud.threat,
            quiet.threat
        );
        let conduct = |chronicle: &mut Chronicle| {
            let state = state(chronicle, "AFG", code, "2022-08-01");
            (state.weighed, state.posture)
        };
        assert_eq!(conduct(&mut with), conduct(&mut without), "{code}");
    }
}

#[test]
fn denials_are_shown_with_both_sides() {
    let mut chronicle = whole();
    let taliban = party("TALIBAN");
    let almaty = state(&mut chronicle, "RUS", "AFG", "2022-06-01");
    assert_eq!(almaty.disputes.len(), 1);
    assert_eq!(almaty.disputes[0].claimed_by, [party("RUS")]);
    assert_eq!(almaty.disputes[0].denied_by, [taliban]);
    let presence = state(&mut chronicle, "TJK", "AFG", "2022-06-01");
    assert!(
        presence
            .disputes
            .iter()
            .any(|dispute| dispute.denied_by == [taliban])
    );
    assert!(presence.weighed[Weighed::Threat.index()].basis.disputed);
}

#[test]
fn corrections_corroborations_and_retractions_match_the_analysis() {
    let chronicle = whole();
    let khorog = drafts(DEMO).into_iter().find(is_khorog);
    let khorog = khorog.and_then(|draft| draft.id).map(EventId);
    let view = khorog.and_then(|event| chronicle.event(event, None));
    let view = view.unwrap_or_else(|| panic!("no hand-over"));
    assert_eq!(
        view.earliest,
        day("2023-03-23"),
        "the better-graded of two dates"
    );
    assert_eq!((view.earliest, view.publishers), (view.latest, 1));
    assert_eq!(
        view.grade, view.reported_grade,
        "reported twice by one publisher"
    );
    let accredited = |draft: &Draft| {
        draft.act.kind == Kind::EnvoyAccredited && draft.act.actors == [party("KAZ")]
    };
    let entries: Vec<bool> = drafts(DEMO)
        .into_iter()
        .filter(accredited)
        .filter_map(|draft| chronicle.event(EventId(draft.id?), None))
        .map(|view| view.hidden)
        .collect();
    assert_eq!(entries, [false, true], "one statement, entered twice");
}
