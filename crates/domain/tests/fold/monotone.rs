//! Laws: more hostile evidence raises nothing, and friendlier evidence lowers nothing.
//!
//! A record is hostile if its rule has neither warmth nor a floor, and friendly if it has neither
//! strain nor a ceiling. Left out are records that also tell of something that the history did not
//! know: that there was a head of mission (a recall), that recognition is de facto only, or that
//! forces, which may have been there by consent, are gone.

mod histories;

use crate::harness::{folded, regime};
use detente_domain::day::Day;
use detente_domain::details::{Field, PLOVER};
use detente_domain::dimension::Weighed;
use detente_domain::event::Act;
use detente_domain::fold::{Folded, FoldedConduct, Regime, Regimes};
use detente_domain::kind::Kind;
use detente_domain::relations::{Direction, Pair};
use detente_domain::rulebook::{Rulebook, Stance};
use detente_domain::state::State;
use detente_testkit::notation::{ParsedEvent, parse_event, party};
use histories::{event, rulebooks};
use proptest::prelude::*;

/// The stance of a record; `None` if it is neither, or tells of something else.
fn stance(act: &Act, rules: &Rulebook) -> Option<Stance> {
    let told = match act.kind {
        Kind::AuthorityChanged
        | Kind::MembershipJoined
        | Kind::MembershipLeft
        | Kind::RecognitionWithheld
        | Kind::EnvoyRecalled
        | Kind::ForcesWithdrawn => true,
        Kind::RecognitionGranted => act.details.text(Field::Form) == Some("de_facto"),
        _ => false,
    };
    let mut rule = rules.kind(act.kind).rule(&act.details);
    if let Some(code) = act.details.text(Field::Plover) {
        rule.weights = rules.coded[PLOVER.iter().position(|event| *event == code)?];
    }
    rule.stance().filter(|_| !told)
}

/// A pair with its events, folded.
struct Case<'a> {
    folded: Folded,
    regimes: [Regime; 2],
    rules: &'a Rulebook,
}

impl<'a> Case<'a> {
    fn new(events: &[ParsedEvent], rules: &'a Rulebook) -> Option<Self> {
        let pair = Pair::new(party("TJK"), party("AFG"))?;
        let regimes = [pair.a(), pair.b()].map(|state| regime(events, state));
        Some(Self {
            folded: folded(pair, events, &regimes, rules, None),
            regimes,
            rules,
        })
    }

    fn state(&self, direction: Direction, day: Day) -> State {
        let [a, b] = &self.regimes;
        let conduct = FoldedConduct {
            folded: &self.folded,
            regimes: Regimes { a, b },
            rules: self.rules,
            direction,
        };
        conduct.state(day)
    }
}

/// A name and a rank, higher for friendlier; `None` is unknown.
type Ranked = (String, Option<i64>);

/// The levels and indices of a state.
fn ranks(state: &State) -> Vec<Ranked> {
    let mut ranks: Vec<Ranked> = Vec::new();
    for (weighed, held) in Weighed::ALL.into_iter().zip(&state.weighed) {
        let level = held.level.map(|level| level as i64);
        let threat = held.threat.map(|threat| -(threat as i64));
        let known = level.or(threat);
        ranks.push((weighed.as_str().to_owned(), known));
        let index = known.map(|_| held.index);
        ranks.push((format!("{} index", weighed.as_str()), index));
    }
    let posture = &state.posture;
    let index = posture.level.map(|_| posture.index);
    ranks.push((
        "posture".to_owned(),
        posture.level.map(|level| level as i64),
    ));
    ranks.push(("posture index".to_owned(), index));
    let recognition = state.recognition.level.map(|level| level as i64);
    ranks.push(("recognition".to_owned(), recognition));
    let representation = state.representation.level.map(|level| level as i64);
    ranks.push(("representation".to_owned(), representation));
    ranks
}

/// Days around all dates, and after them.
fn days(events: &[ParsedEvent], more: &[i32]) -> Vec<Day> {
    let dates = events
        .iter()
        .flat_map(|one| [one.occurred.earliest(), one.occurred.latest()]);
    let around = dates.flat_map(|day| {
        let after = more.iter().map(move |days| day.plus(*days));
        [day.prev(), day, day.next()].into_iter().chain(after)
    });
    let mut days: Vec<Day> = around.collect();
    days.sort_unstable();
    days.dedup();
    days
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn hostile_evidence_raises_nothing_and_friendly_evidence_lowers_nothing(
        history in proptest::collection::vec(event(), 1..14),
        added in proptest::collection::vec(event(), 4),
        place in 0..30u32,
        rules in rulebooks(),
        more in proptest::collection::vec(2..700i32, 3),
    ) {
        let numbered = history.iter().enumerate();
        let events: Vec<ParsedEvent> = numbered
            .map(|(number, line)| parse_event(&format!("{} {line}", 2 * number + 2)))
            .collect();
        let before = Case::new(&events, &rules).ok_or(TestCaseError::fail("no pair"))?;
        for line in &added {
            let added = parse_event(&format!("{} {line}", 2 * place + 1));
            let Some(stance) = stance(&added.act, &rules) else {
                continue;
            };
            let mut all = events.clone();
            all.push(added);
            let after = Case::new(&all, &rules).ok_or(TestCaseError::fail("no pair"))?;
            for day in days(&all, &more) {
                for direction in Direction::BOTH {
                    let states = [&before, &after].map(|case| case.state(direction, day));
                    let ranks = states.each_ref().map(ranks);
                    for (one, other) in ranks[0].iter().zip(&ranks[1]) {
                        let (Some(one), Some(other), name) = (one.1, other.1, &one.0) else {
                            continue;
                        };
                        let holds = match stance {
                            Stance::Hostile => other <= one,
                            Stance::Friendly => other >= one,
                        };
                        prop_assert!(
                            holds,
                            "{line} moves {name} from {one} to {other} on {day} {direction:?}"
                        );
                    }
                }
            }
        }
    }
}
