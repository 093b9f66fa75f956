//! Comparison of the same events under two rulebooks.

use crate::harness::{folded, regime};
use detente_domain::fold;
use detente_domain::relations::Pair;
use detente_domain::rulebook::Rulebook;
use detente_domain::state::{Held, Subject};
use detente_testkit::notation::{day, lines, number, parse_event, party, rules};

/// All spans between two days on which another rulebook gives other values.
fn compared(events: &str, other: impl FnOnce(&mut Rulebook), from: &str, to: &str) -> Vec<String> {
    let events: Vec<_> = lines(events).map(parse_event).collect();
    let pair = Pair::new(party("TJK"), party("AFG"));
    let pair = pair.unwrap_or_else(|| panic!("they are no pair"));
    let regimes = [pair.a(), pair.b()].map(|state| regime(&events, state));
    let one = rules::rules();
    let mut two = rules::rules();
    other(&mut two);
    let sides = [&one, &two].map(|rules| folded(pair, &events, &regimes, rules, None).timelines);
    let word = |held: Option<Held>| held.map_or("unknown", |held| held.word);
    let spans = fold::compare(&sides[0], &sides[1], day(from), day(to));
    spans
        .into_iter()
        .map(|span| {
            let (from, what) = match &span.subject {
                Subject::Conduct(direction, dimension) => {
                    (pair.ends(*direction).0.code(), dimension.as_str())
                }
                Subject::Entry(key) => ("both", key.register.as_str()),
            };
            let until = span
                .until
                .map_or("..".to_owned(), |until| until.to_string());
            let causes = span.causes.iter().map(|event| number(event.0).to_string());
            format!(
                "{from} {what} {} to {until}: {} or {} by {}",
                span.day,
                word(span.one),
                word(span.other),
                causes.collect::<Vec<_>>().join(" ")
            )
        })
        .collect()
}

const STATEMENT: &str = "1 2023-01-01 TJK -> AFG statement.supportive";

fn slower(rules: &mut Rulebook) {
    rules.memory[0].half_life_days = 200;
    rules.memory[0].decay = detente_domain::decay::Decay::new(200);
}

#[test]
fn a_longer_half_life_differs_where_the_level_ends_later() {
    // 10 W / (W + 4) falls under 1.5 where W = 4 / 2^(d / 100) does under 0.706: after 251 days,
    // or after 501.
    assert_eq!(
        compared(STATEMENT, slower, "2000-01-01", "2030-01-01"),
        [
            "TJK political 2023-09-09 to 2024-05-16: neutral or cooperative by 1",
            "TJK posture 2023-09-09 to 2024-05-16: neutral or cooperative by 1",
        ]
    );
}

#[test]
fn only_the_requested_days_are_compared() {
    let spans = compared(STATEMENT, slower, "2024-01-01", "2024-01-01");
    assert_eq!(
        spans,
        [
            "TJK political 2024-01-01 to ..: neutral or cooperative by 1",
            "TJK posture 2024-01-01 to ..: neutral or cooperative by 1",
        ]
    );
    assert!(compared(STATEMENT, slower, "2023-01-01", "2023-09-08").is_empty());
    assert!(compared(STATEMENT, slower, "2024-05-16", "2030-01-01").is_empty());
}

#[test]
fn another_weight_differs_with_its_event_as_cause() {
    let heavier = |rules: &mut Rulebook| {
        let kind = detente_domain::kind::Kind::StatementSupportive;
        rules.kinds[kind.index()].base.weights[0].warmth = 8000;
        rules.posture.weights[0] = 0;
    };
    // 10 x 8 / 12 is close; a dimension without weight leaves the posture unknown.
    let spans = compared(STATEMENT, heavier, "2000-01-01", "2023-01-31");
    assert_eq!(
        spans,
        [
            "TJK political 2023-01-01 to ..: cooperative or close by 1",
            "TJK posture 2023-01-01 to ..: cooperative or unknown by 1",
        ]
    );
}

#[test]
fn equal_rulebooks_have_no_differences() {
    let events = "1 2023-01-01 TJK -> AFG statement.supportive
                  2 2023-02 TJK -> AFG clash.occurred";
    assert!(compared(events, |_| (), "2000-01-01", "2040-01-01").is_empty());
}
