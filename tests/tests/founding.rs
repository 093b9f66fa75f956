//! The founding case: the demo data set under the shipped rulebook agrees with its source analysis.

use detente_api::submission::{self, BodyFormat, Draft, Submission};
use detente_chronicle::{Chronicle, Position};
use detente_domain::day::Day;
use detente_domain::details::{Field, Value};
use detente_domain::dimension::{Register, Weighed};
use detente_domain::event::EventId;
use detente_domain::kind::Kind;
use detente_domain::level::{Declared, Level, Recognition, Representation};
use detente_domain::party::Party;
use detente_domain::relations::Pair;
use detente_domain::state::{EntryState, State};
use detente_rulebook as rulebook;
use detente_tests::sample;
use std::sync::Arc;

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
    submission::submissions(text.as_bytes(), BodyFormat::Ndjson)
        .map(|(row, entry)| entry.unwrap_or_else(|why| panic!("row {row}: {why:?}")))
        .collect()
}

/// Returns the ids of the events of the demo that `is_wanted` matches.
fn ids(is_wanted: impl Fn(&Draft) -> bool) -> Vec<EventId> {
    let id = |entry| match entry {
        Submission::Event(draft) if is_wanted(&draft) => draft.id.map(EventId),
        _ => None,
    };
    entries(DEMO).into_iter().filter_map(id).collect()
}

/// Folds the demo without the events that `leave_out` matches.
fn demo(leave_out: impl Fn(&Draft) -> bool) -> Chronicle {
    let rules = rulebook::default_rulebook().unwrap_or_else(|why| panic!("{why:?}"));
    let mut chronicle = Chronicle::new(Arc::new(rules));
    let all = entries(BACKGROUND).into_iter().chain(entries(DEMO));
    let kept = all.filter(|entry| !matches!(entry, Submission::Event(draft) if leave_out(draft)));
    for (place, entry) in kept.enumerate() {
        let id = entry.id().unwrap_or_else(|| panic!("no id"));
        let record = entry.into_record(id, sample::authorship());
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
        let mut fields = entry.key.fields.iter();
        let city = fields.find_map(|(field, value)| match value {
            Value::Text(text) if *field == Field::City => Some(text.to_string()),
            _ => None,
        });
        city.unwrap_or_default()
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

fn is_samarkand(draft: &Draft) -> bool {
    let place = draft.act.details.text(Field::Place);
    draft.act.kind == Kind::MeetingAttended && place == Some("Samarkand")
}

fn is_policy_that_supports_nothing(draft: &Draft) -> bool {
    let friendly = draft.act.details.text(Field::Stance) == Some("friendly");
    draft.act.kind == Kind::PolicyHeld && !friendly
}

/// Iterates over days, from the first to the last.
fn days(first: &str, last: &str) -> impl Iterator<Item = String> {
    let (first, last) = (day(first), day(last));
    let days = std::iter::successors(Some(first), |day| Some(day.next()));
    days.take_while(move |day| *day <= last)
        .map(|day| day.to_string())
}

/// The indices of all dimensions, and of the posture. That of threat counts strain as minus.
fn indices(state: &State) -> Vec<i64> {
    let weighed = state.weighed.iter().map(|weighed| weighed.index);
    weighed.chain([state.posture.index]).collect()
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
fn tajikistan_and_the_taliban_are_tense_from_the_takeover_to_the_end_of_2022() {
    let mut chronicle = whole();
    for at in days("2021-09-01", "2022-12-31") {
        let state = state(&mut chronicle, "TJK", "AFG", &at);
        let political = &state.weighed[Weighed::Political.index()];
        let levels = [Some(Level::Hostile), Some(Level::Strained)];
        assert!(levels.contains(&political.level), "{at}: {political:?}");
    }
}

#[test]
fn undated_claims_make_no_cooperation_in_the_first_week_of_taliban_rule() {
    let mut chronicle = whole();
    for code in FIVE {
        let state = state(&mut chronicle, code, "AFG", "2021-08-21");
        let levels = state.weighed.iter().map(|weighed| weighed.level);
        for level in levels.chain([state.posture.level]) {
            assert!(level < Some(Level::Cooperative), "{code}: {state:?}");
        }
    }
}

#[test]
fn the_taliban_govern_from_the_day_on_which_they_enter_kabul() {
    let mut chronicle = whole();
    let governing = |at| {
        let takeover = chronicle.governing(party("AFG"), day(at), None);
        takeover.map(|takeover| takeover.authority.code())
    };
    assert_eq!(governing("2021-08-14"), Some("AFG-REPUBLIC"));
    assert_eq!(governing("2021-08-15"), Some("TALIBAN"));
    // What the Taliban do is conduct of Afghanistan from that day on, also where only the month is
    // known.
    let mut tense = |at| {
        let state = state(&mut chronicle, "AFG", "TJK", at);
        state.weighed[Weighed::Political.index()].level
    };
    assert_eq!(tense("2021-08-14"), None);
    assert_eq!(tense("2021-08-15"), Some(Level::Strained));
    let takeovers = ids(|draft| draft.act.kind == Kind::AuthorityChanged);
    let view = chronicle.event(takeovers[0], None);
    let view = view.unwrap_or_else(|| panic!("no takeover"));
    assert_eq!(
        (view.earliest, view.latest),
        (day("2021-08-15"), day("2021-08-15"))
    );
}

#[test]
fn a_pipeline_that_four_states_plan_is_no_contact_of_india_with_the_taliban() {
    let mut chronicle = whole();
    for at in ["2021-08-21", "2022-12-31", "2023-04-18"] {
        let recognition = state(&mut chronicle, "IND", "AFG", at).recognition;
        assert_eq!(recognition.level, None, "{at}");
    }
}

#[test]
fn attending_samarkand_cools_nobody() {
    let (mut with, mut without) = (whole(), demo(is_samarkand));
    let parties = [
        "UZB", "RUS", "IRN", "CHN", "PAK", "KAZ", "KGZ", "TJK", "TKM", "AFG",
    ];
    for (from, to) in parties
        .iter()
        .flat_map(|from| parties.map(|to| (*from, to)))
    {
        if from == to {
            continue;
        }
        let attended = indices(&state(&mut with, from, to, "2023-04-13"));
        let stayed_away = indices(&state(&mut without, from, to, "2023-04-13"));
        let mut both = attended.iter().zip(&stayed_away);
        assert!(both.all(|(with, without)| with >= without), "{from} {to}");
    }
}

#[test]
fn a_policy_warms_only_what_it_supports() {
    let (mut with, mut without) = (whole(), demo(is_policy_that_supports_nothing));
    for code in FIVE {
        for at in ["2021-08-21", "2022-06-15", "2023-04-18"] {
            let held = indices(&state(&mut with, code, "AFG", at));
            let not_held = indices(&state(&mut without, code, "AFG", at));
            let mut both = held.iter().zip(&not_held);
            assert!(both.all(|(with, without)| with <= without), "{code} {at}");
        }
    }
}

#[test]
fn the_hand_over_of_khorog_steps_tajikistan_up_and_nothing_else_does() {
    let political = |chronicle: &mut Chronicle, at| {
        state(chronicle, "TJK", "AFG", at).weighed[Weighed::Political.index()].clone()
    };
    let (mut with, mut without) = (whole(), demo(is_khorog));
    let khorog = ids(is_khorog)[0];
    let (day_before, day) = ("2023-03-22", "2023-03-23");
    let (before, after) = (political(&mut with, day_before), political(&mut with, day));
    let (from, to) = (before.index, after.index);
    assert!(to >= from + 500, "{from} to {to}");
    assert!(after.basis.evidence.contains(&khorog));
    assert!(!before.basis.evidence.contains(&khorog));
    let tenths = |index: i64| (index as f64 / 100.0).round() as i64;
    let [before, after] = [day_before, day].map(|at| tenths(political(&mut without, at).index));
    assert_eq!(before, after, "the step is gone without it");
    let missions_at = |chronicle: &mut Chronicle, at| missions(&state(chronicle, "TJK", "AFG", at));
    assert_eq!(missions_at(&mut with, day_before), []);
    let khorog = ("Khorog".to_owned(), Some("TALIBAN"));
    assert_eq!(missions_at(&mut with, day), [khorog]);
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
    let by_taliban = ["Tashkent", "Termez"].map(|city| (city.to_owned(), Some("TALIBAN")));
    assert_eq!(uzbekistan, by_taliban);
    let june = state(&mut chronicle, "UZB", "AFG", "2022-06-30");
    assert_eq!(missions(&june), []);
}

#[test]
fn rockets_of_a_group_are_a_threat_and_not_conduct_of_its_host_state() {
    let (mut with, mut without) = (whole(), demo(is_rockets));
    for code in ["UZB", "TJK"] {
        let threat = |chronicle: &mut Chronicle| {
            state(chronicle, code, "AFG", "2022-08-01").weighed[Weighed::Threat.index()].clone()
        };
        let (attacked, quiet) = (threat(&mut with), threat(&mut without));
        let strains = (attacked.strain, quiet.strain);
        assert!(strains.0 > strains.1, "{code}: {strains:?}");
        let threats = (attacked.threat, quiet.threat);
        assert!(threats.0 > threats.1, "{code}: {threats:?}");
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
    let mut disputes = presence.disputes.iter();
    assert!(disputes.any(|dispute| dispute.denied_by == [taliban]));
    assert!(presence.weighed[Weighed::Threat.index()].basis.disputed);
}

#[test]
fn corrections_corroborations_and_retractions_match_the_analysis() {
    let chronicle = whole();
    let view = chronicle.event(ids(is_khorog)[0], None);
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
    let views = ids(accredited).into_iter();
    let views = views.filter_map(|id| chronicle.event(id, None));
    let hidden: Vec<bool> = views.map(|view| view.hidden).collect();
    assert_eq!(hidden, [false, true], "one statement, entered twice");
}
