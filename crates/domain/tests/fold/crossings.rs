//! Timelines, compared with those judged day by day.

use crate::harness::{folded, regime};
use detente_domain::day::Day;
use detente_domain::decay::Decay;
use detente_domain::dimension::{Dimension, Weighed};
use detente_domain::fold::crossings::reading;
use detente_domain::fold::{Folded, Resume, Step, posture};
use detente_domain::kind::Kind;
use detente_domain::level::{Bound, Level, Threat, judge};
use detente_domain::relations::{Direction, Pair};
use detente_domain::rulebook::Rulebook;
use detente_testkit::notation::{ParsedEvent, lines, parse_event, party, rules};
use proptest::prelude::*;
use std::ops::Range;

/// The first day of the histories.
const FIRST: i32 = 18_800;

/// Histories of a number of events.
pub(crate) fn histories(sizes: Range<usize>) -> impl Strategy<Value = Vec<ParsedEvent>> {
    let one = (0..14usize, 0..200i32, 0..4usize, any::<bool>(), 0..5usize).prop_map(
        |(form, from, length, forth, grade)| {
            let from = Day::new(FIRST + from);
            let to = from.plus([0, 0, 9, 60][length]);
            let parties = if forth { "TJK -> AFG" } else { "AFG -> TJK" };
            let what = [
                "statement.supportive",
                "statement.critical",
                "visit.made",
                "tension.prevailed",
                "policy.held",
                "clash.occurred",
                "aid.delivered",
                "border.closed",
                "border.opened",
                "agreement.signed name=Treaty",
                "coded plover=AID",
                "coded plover=ASSAULT",
                "attack.occurred from=AFG",
                "authority.changed state=AFG authority=",
            ][form];
            let parties = if form == 13 { "TALIBAN" } else { parties };
            let authority = match (form, forth) {
                (13, true) => "TALIBAN",
                (13, false) => "AFG-REPUBLIC",
                _ => "",
            };
            let grade = ["A1", "A1", "B2", "D4", "F6"][grade];
            format!("{from}/{to} {parties} {what}{authority} {grade}")
        },
    );
    proptest::collection::vec(one, sizes).prop_map(|lines| {
        let numbered = lines.iter().enumerate();
        numbered
            .map(|(place, line)| parse_event(&format!("{} {line}", place + 1)))
            .collect()
    })
}

pub(crate) fn rulebooks() -> impl Strategy<Value = Rulebook> {
    let half_lives = proptest::array::uniform6(1..40u32);
    let margins = prop_oneof![Just(0i64), Just(300), Just(900)];
    let trust = prop_oneof![Just(300u32), Just(1000)];
    (half_lives, margins, trust, 100..6000i64).prop_map(|(days, margin, trust, damping)| {
        let mut rules = rules::rules();
        for (rule, days) in rules.dimensions.iter_mut().zip(days) {
            rule.decay = Decay::new(days);
            rule.half_life_days = days;
            rule.damping = damping;
        }
        for bound in &mut rules.levels {
            bound.margin_up = margin;
            bound.margin_down = margin / 2;
        }
        rules.information[5] = trust;
        rules.source[5] = trust;
        rules
    })
}

/// The steps found by judging every day, from the first to the last.
fn every_day(
    days: (Day, Day),
    bounds: &[Bound],
    word: impl Fn(usize) -> &'static str,
    value: impl Fn(Day) -> Option<i64>,
) -> Vec<(Day, &'static str)> {
    let (mut day, last) = days;
    let mut level = None;
    let mut steps = Vec::new();
    while day <= last {
        if let Some(value) = value(day) {
            let judged = judge(bounds, level, value);
            if level != Some(judged) {
                steps.push((day, word(judged)));
            }
            level = Some(judged);
        }
        day = day.next();
    }
    steps
}

fn words(steps: &[Step]) -> Vec<(Day, &'static str)> {
    let known = steps.iter().filter_map(|step| Some((step.day, step.held?)));
    known.map(|(day, held)| (day, held.word)).collect()
}

pub(crate) fn compare(folded: &Folded, rules: &Rulebook) -> Result<(), TestCaseError> {
    // Nothing is left twelve half-lives of at most 40 days after the last date.
    let days = (Day::new(FIRST - 2), Day::new(FIRST + 270 + 12 * 40));
    for direction in Direction::BOTH {
        let steps = |dimension| {
            let timeline = folded.conduct(direction, dimension);
            timeline.map_or(Vec::new(), |timeline| words(&timeline.steps))
        };
        for weighed in Weighed::ALL {
            let sum = &folded.sums[direction.index()][weighed.index()];
            let first = sum.terms.first().map_or(Day::MAX, |term| term.from);
            let value =
                |day| (first <= day).then(|| reading(sum, weighed, rules, day).judged(weighed));
            let word = |place: usize| match weighed {
                Weighed::Threat => Threat::ALL[place].as_str(),
                _ => Level::ALL[place].as_str(),
            };
            let found = every_day(days, rules.bounds(weighed), word, value);
            prop_assert_eq!(steps(Dimension::Weighed(weighed)), found, "{:?}", weighed);
        }
        let sums = &folded.sums[direction.index()];
        let value = |day| posture::blend(sums, rules, day);
        let found = every_day(
            days,
            &rules.levels,
            |place| Level::ALL[place].as_str(),
            value,
        );
        prop_assert_eq!(steps(Dimension::Posture), found, "posture");
    }
    Ok(())
}

/// Asserts that events fold as if every day were judged, under a tweaked rulebook.
#[track_caller]
fn agrees(text: &str, tweak: impl FnOnce(&mut Rulebook)) {
    let mut rules = rules::rules();
    tweak(&mut rules);
    let events: Vec<ParsedEvent> = lines(text).map(parse_event).collect();
    let found = Pair::new(party("TJK"), party("AFG")).map_or(Ok(()), |pair| {
        let regimes = [pair.a(), pair.b()].map(|state| regime(&events, state));
        compare(&folded(pair, &events, &regimes, &rules, None), &rules)
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
                rule.half_life_days = 40;
                rule.decay = Decay::new(40);
            }
            for bound in &mut rules.levels {
                (bound.margin_up, bound.margin_down) = (0, 0);
            }
            let clash = &mut rules.kinds[Kind::ClashOccurred.index()].weights;
            clash[Weighed::Security.index()].strain = 100_000;
            let aid = rules.kinds[Kind::AidDelivered.index()].weights[3].warmth;
            rules.kinds[Kind::AidDelivered.index()].weights[1].warmth = aid;
        },
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn timelines_equal_those_judged_day_by_day(
        events in histories(1..9),
        rules in rulebooks(),
    ) {
        let (tjk, afg) = (party("TJK"), party("AFG"));
        let pair = Pair::new(tjk, afg).ok_or(TestCaseError::fail("no pair"))?;
        let regimes = [afg, tjk].map(|state| regime(&events, state));
        compare(&folded(pair, &events, &regimes, &rules, None), &rules)?;
    }

    #[test]
    fn a_resumed_fold_equals_one_from_the_beginning(
        events in histories(1..9),
        rules in rulebooks(),
        other in any::<prop::sample::Index>(),
        gone in any::<bool>(),
    ) {
        let (tjk, afg) = (party("TJK"), party("AFG"));
        let pair = Pair::new(tjk, afg).ok_or(TestCaseError::fail("no pair"))?;
        let mut fewer = events.clone();
        let changed = fewer.remove(other.index(events.len()));
        let (before, after) = if gone { (events, fewer) } else { (fewer, events) };
        let fold = |events: &[ParsedEvent], resume: Option<Resume<'_>>| {
            let regimes = [afg, tjk].map(|state| regime(events, state));
            folded(pair, events, &regimes, &rules, resume)
        };
        let earlier = fold(&before, None);
        let from = changed.occurred.earliest();
        let resumed = fold(&after, Some(Resume { folded: &earlier, from }));
        prop_assert_eq!(resumed.timelines, fold(&after, None).timelines);
    }
}
