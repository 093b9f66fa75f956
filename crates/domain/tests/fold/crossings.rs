//! Timelines, compared with those judged day by day.

use crate::harness::{folded, folded_until, regime};
use crate::naive::{FIRST, compare};
use detente_domain::day::Day;
use detente_domain::decay::Decay;
use detente_domain::dimension::Weighed;
use detente_domain::fold::{Resume, Timeline};
use detente_domain::kind::Kind;
use detente_domain::relations::Pair;
use detente_domain::rulebook::Rulebook;
use detente_testkit::notation::{ParsedEvent, lines, parse_event, party, rules};
use proptest::prelude::*;
use std::ops::Range;

/// Parties and kinds of the events of a history, between Tajikistan and Afghanistan. An arrow is
/// turned round in half of the events.
const EVENTS: [&str; 26] = [
    "TJK -> AFG statement.supportive",
    "TJK -> AFG statement.critical",
    "TJK -> AFG visit.made",
    "TJK -> AFG tension.prevailed",
    "TJK -> AFG policy.held",
    "TJK,AFG clash.occurred",
    "TJK -> AFG aid.delivered",
    "TJK -> AFG border.closed",
    "TJK -> AFG border.opened",
    "TJK -> AFG agreement.signed name=Treaty",
    "TJK -> AFG cooperation.agreed name=Patrols",
    "TJK -> AFG coded plover=AID",
    "TJK -> AFG coded plover=ASSAULT",
    "TJK -> AFG attack.occurred from=AFG",
    "TALIBAN authority.changed state=AFG authority=TALIBAN",
    "TJK group.disbanded from=AFG group=ISKP",
    "TJK -> AFG war.began",
    "TJK,AFG ceasefire.agreed",
    "TJK -> AFG ceasefire.broken",
    "TJK,AFG peace.agreed name=Peace",
    "TJK -> AFG relations.severed",
    "TJK -> AFG relations.restored",
    "TJK,AFG alliance.formed obligation=defence",
    "TJK -> AFG alliance.ended",
    "TJK -> AFG force.used severity=serious",
    "TJK -> AFG force.used severity=major",
];

/// Histories of a number of events, as lines of the notation.
pub(crate) fn histories(sizes: Range<usize>) -> impl Strategy<Value = Vec<String>> {
    let one = (
        0..EVENTS.len(),
        0..200i32,
        0..4usize,
        any::<bool>(),
        0..5usize,
        prop_oneof![6 => Just(""), 1 => Just(" disputed")],
    );
    let line = one.prop_map(|(form, from, length, forth, grade, disputed)| {
        let from = Day::new(FIRST + from);
        let to = from.plus([0, 0, 9, 60][length]);
        let event = match EVENTS[form] {
            event if forth || event.starts_with("TJK group") => event.to_owned(),
            event if event.starts_with("TALIBAN") => event.replace("TALIBAN", "AFG-REPUBLIC"),
            event => event.replace("TJK -> AFG", "AFG -> TJK"),
        };
        let grade = ["A1", "A1", "B2", "D4", "F6"][grade];
        format!("{from}/{to} {event} {grade}{disputed}")
    });
    proptest::collection::vec(line, sizes).prop_map(|lines| {
        let numbered = lines.iter().enumerate();
        numbered
            .map(|(place, line)| format!("{} {line}", place + 1))
            .collect()
    })
}

/// The events of a history.
pub(crate) fn parsed(lines: &[String]) -> Vec<ParsedEvent> {
    lines.iter().map(|line| parse_event(line)).collect()
}

pub(crate) fn rulebooks() -> impl Strategy<Value = Rulebook> {
    let half_lives = proptest::array::uniform3(1..40u32);
    let stale = proptest::array::uniform6(20..400u32);
    let margins = prop_oneof![Just(0i64), Just(300), Just(900)];
    let trust = prop_oneof![Just(300u32), Just(1000)];
    let floor = prop_oneof![Just(1000i64), Just(3000), Just(20_000)];
    let posture = (
        proptest::array::uniform6(prop_oneof![Just(0u32), Just(400), Just(2000)]),
        100..6000i64,
        prop_oneof![Just(0i64), Just(2500), Just(20_000)],
    );
    (
        half_lives,
        stale,
        margins,
        trust,
        100..6000i64,
        floor,
        posture,
    )
        .prop_map(
            |(half_lives, stale, margin, trust, damping, floor, posture)| {
                let mut rules = rules::rules();
                for (memory, days) in rules.memory.iter_mut().zip(half_lives) {
                    memory.decay = Decay::new(days);
                    memory.half_life_days = days;
                }
                for (place, rule) in rules.kinds.iter_mut().enumerate() {
                    rule.memory = place % 3;
                }
                for (rule, days) in rules.dimensions.iter_mut().zip(stale) {
                    rule.damping = damping;
                    rule.stale_days = days;
                }
                for bound in &mut rules.levels {
                    bound.margin_up = margin;
                    bound.margin_down = margin / 2;
                }
                rules.information[5] = trust;
                rules.source[5] = trust;
                rules.floor_breaks_at = floor;
                rules.posture.weights = posture.0;
                rules.posture.weights[0] += 500;
                rules.posture.damping = posture.1;
                rules.posture.security_lead = posture.2;
                rules
            },
        )
}

/// Asserts that events fold as if every day were judged, under a tweaked rulebook.
#[track_caller]
fn agrees(text: &str, tweak: impl FnOnce(&mut Rulebook)) {
    let mut rules = rules::rules();
    tweak(&mut rules);
    let events: Vec<ParsedEvent> = lines(text).map(parse_event).collect();
    let found = Pair::new(party("TJK"), party("AFG")).map_or(Ok(()), |pair| {
        let regimes = [pair.a(), pair.b()].map(|state| regime(&events, state));
        compare(
            &folded(pair, &events, &regimes, &rules, None),
            &events,
            &rules,
        )
    });
    assert!(found.is_ok(), "{found:?}");
}

#[test]
fn evidence_that_ends_can_keep_a_level_that_was_about_to_be_left() {
    // Strain of 100 ends after twelve half-lives, with a fortieth left, just as warmth is at 2.
    agrees(
        "1 2021-06-22 TJK -> AFG clash.occurred
         2 2022-07-28 TJK -> AFG aid.delivered",
        |rules| {
            for rule in &mut rules.dimensions {
                rule.stale_days = 10_000;
            }
            for memory in &mut rules.memory {
                memory.half_life_days = 40;
                memory.decay = Decay::new(40);
            }
            for bound in &mut rules.levels {
                (bound.margin_up, bound.margin_down) = (0, 0);
            }
            let clash = &mut rules.kinds[Kind::ClashOccurred.index()].base.weights;
            clash[Weighed::Security.index()].strain = 100_000;
            let aid = &mut rules.kinds[Kind::AidDelivered.index()].base.weights;
            aid[Weighed::Security.index()] = aid[Weighed::Humanitarian.index()];
        },
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn timelines_equal_those_judged_day_by_day(
        lines in histories(1..9),
        rules in rulebooks(),
    ) {
        let events = parsed(&lines);
        let (tjk, afg) = (party("TJK"), party("AFG"));
        let pair = Pair::new(tjk, afg).ok_or(TestCaseError::fail("no pair"))?;
        let regimes = [afg, tjk].map(|state| regime(&events, state));
        compare(&folded(pair, &events, &regimes, &rules, None), &events, &rules)?;
    }

    #[test]
    fn a_resumed_fold_equals_one_from_the_beginning(
        lines in histories(1..9),
        rules in rulebooks(),
        other in any::<prop::sample::Index>(),
        gone in any::<bool>(),
    ) {
        let (tjk, afg) = (party("TJK"), party("AFG"));
        let pair = Pair::new(tjk, afg).ok_or(TestCaseError::fail("no pair"))?;
        let events = parsed(&lines);
        let mut fewer = events.clone();
        let changed = fewer.remove(other.index(events.len()));
        let (before, after) = if gone { (events, fewer) } else { (fewer, events) };
        let fold = |events: &[ParsedEvent], resume: Option<Resume<'_>>| {
            let regimes = [afg, tjk].map(|state| regime(events, state));
            folded(pair, events, &regimes, &rules, resume)
        };
        let earlier = fold(&before, None);
        let from = changed.occurred.earliest().prev();
        let resumed = fold(&after, Some(Resume { folded: &earlier, from }));
        let whole = fold(&after, None);
        for (subject, timeline) in &whole.timelines {
            prop_assert_eq!(resumed.timelines.get(subject), Some(timeline), "{:?}", subject);
        }
        prop_assert_eq!(resumed.timelines.len(), whole.timelines.len());
    }

    #[test]
    fn a_fold_up_to_a_day_equals_the_whole_up_to_that_day(
        lines in histories(1..9),
        rules in rulebooks(),
        other in any::<prop::sample::Index>(),
        days in [18_000..21_000i32, 0..600i32],
    ) {
        let (tjk, afg) = (party("TJK"), party("AFG"));
        let pair = Pair::new(tjk, afg).ok_or(TestCaseError::fail("no pair"))?;
        let after = parsed(&lines);
        let mut before = after.clone();
        let added = before.remove(other.index(after.len()));
        let fold = |events: &[ParsedEvent], resume: Option<Resume<'_>>, until: Day| {
            let regimes = [afg, tjk].map(|state| regime(events, state));
            folded_until(pair, events, &regimes, (&rules, resume, until))
        };
        let (first, second) = (Day::new(days[0]), Day::new(days[0] + days[1]));
        let earlier = fold(&before, None, first);
        let from = added.occurred.earliest().prev();
        let resumed = fold(&after, Some(Resume { folded: &earlier, from }), second);
        let whole = fold(&after, None, Day::MAX);
        let until = |timeline: &Timeline| {
            let steps = timeline.steps.iter().filter(|step| step.day <= second);
            steps.cloned().collect::<Vec<_>>()
        };
        for (subject, timeline) in &whole.timelines {
            let found = resumed.timelines.get(subject).map(until).unwrap_or_default();
            prop_assert_eq!(found, until(timeline), "{:?}", subject);
        }
    }
}
