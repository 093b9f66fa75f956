//! Timelines against a judge who looks at every day.

use crate::harness::{folded, regime};
use crate::notation::{Written, lines, party, rules, written};
use detente_domain::day::Day;
use detente_domain::decay::Decay;
use detente_domain::dimension::{Dimension, Weighed};
use detente_domain::fold::walk::reading;
use detente_domain::fold::{Folded, Resume, Step, posture};
use detente_domain::kind::Kind;
use detente_domain::level::{Bound, Level, Threat, judge};
use detente_domain::routes::{Direction, Pair};
use detente_domain::rulebook::Rulebook;
use proptest::prelude::*;
use std::ops::Range;

/// The first day of the histories.
const FIRST: i32 = 18_800;

/// Histories of so many events.
pub(crate) fn histories(sizes: Range<usize>) -> impl Strategy<Value = Vec<Written>> {
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
            .map(|(place, line)| written(&format!("{} {line}", place + 1)))
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

/// The steps that a judge of every day finds, from the first day to the last.
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

fn shown(steps: &[Step]) -> Vec<(Day, &'static str)> {
    let known = steps.iter().filter_map(|step| Some((step.day, step.held?)));
    known.map(|(day, held)| (day, held.word)).collect()
}

pub(crate) fn compare(folded: &Folded, rules: &Rulebook) -> Result<(), TestCaseError> {
    // Past the last date nothing is left after twelve half-lives of at most 40 days.
    let days = (Day::new(FIRST - 2), Day::new(FIRST + 270 + 12 * 40));
    for direction in Direction::BOTH {
        let steps = |dimension| {
            let timeline = folded.conduct(direction, dimension);
            timeline.map_or(Vec::new(), |timeline| shown(&timeline.steps))
        };
        for weighed in Weighed::ALL {
            let sum = folded.sum(direction, weighed);
            let first = sum.terms.first().map_or(Day::MAX, |term| term.from);
            let value =
                |day| (first <= day).then(|| reading(sum, weighed, rules, day).judged(weighed));
            let found = match weighed {
                Weighed::Threat => every_day(
                    days,
                    &rules.threat,
                    |place| Threat::ALL[place].as_str(),
                    value,
                ),
                _ => every_day(
                    days,
                    &rules.levels,
                    |place| Level::ALL[place].as_str(),
                    value,
                ),
            };
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

/// Claims that events fold as a judge of every day finds, under a tweaked rulebook.
#[track_caller]
fn agrees(text: &str, tweak: impl FnOnce(&mut Rulebook)) {
    let mut rules = rules::rules();
    tweak(&mut rules);
    let events: Vec<Written> = lines(text).map(written).collect();
    let found = Pair::new(party("TJK"), party("AFG")).map_or(Ok(()), |pair| {
        let regimes = [pair.a(), pair.b()].map(|state| regime(&events, state));
        compare(&folded(pair, &events, &regimes, &rules, None), &rules)
    });
    assert!(found.is_ok(), "{found:?}");
}

#[test]
fn what_ceases_to_count_may_lift_a_level_that_was_about_to_be_left() {
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
    fn every_timeline_is_what_a_judge_of_every_day_finds(
        events in histories(1..9),
        rules in rulebooks(),
    ) {
        let (tjk, afg) = (party("TJK"), party("AFG"));
        let pair = Pair::new(tjk, afg).ok_or(TestCaseError::fail("no pair"))?;
        let regimes = [afg, tjk].map(|state| regime(&events, state));
        compare(&folded(pair, &events, &regimes, &rules, None), &rules)?;
    }

    #[test]
    fn a_fold_that_resumes_equals_one_from_the_beginning(
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
        let fold = |events: &[Written], resume: Option<Resume<'_>>| {
            let regimes = [afg, tjk].map(|state| regime(events, state));
            folded(pair, events, &regimes, &rules, resume)
        };
        let earlier = fold(&before, None);
        let from = changed.occurred.earliest();
        let resumed = fold(&after, Some(Resume { folded: &earlier, from }));
        prop_assert_eq!(resumed.timelines, fold(&after, None).timelines);
    }
}
