//! Kinds as they explain themselves.

use detente_domain::details::{Field, schema};
use detente_domain::kind::{Effect, Kind};
use detente_domain::level::Level;
use detente_domain::party::Lang;
use detente_domain::rulebook::{Counts, KindRule, Override, POSTURE, Rulebook, Variant};
use serde_json::json;

use detente_api::submission;
use detente_api::view::{KindView, Page};

fn rules() -> Rulebook {
    detente_rulebook::default_rulebook().expect("is valid")
}

#[test]
fn the_example_of_every_kind_is_accepted_as_it_is() {
    for view in KindView::all(&rules(), Lang::En).items {
        let kind = Kind::parse(&view.kind).expect("is a kind");
        let example = serde_json::to_value(&view.example).expect("is JSON");
        let draft = submission::event(&example);
        let draft = draft.unwrap_or_else(|refusals| panic!("{kind}: {refusals:?}"));
        assert_eq!(draft.act.kind, kind);
        assert_eq!(draft.report.publisher, "Example News");
        let grade = if kind.is_machine_coded() { "F6" } else { "B2" };
        assert_eq!(draft.report.grade.to_string(), grade, "{kind}");
        assert!(draft.occurred.text().starts_with("2026-"), "{kind}");
    }
}

#[test]
fn every_detail_that_a_kind_takes_is_listed_once() {
    for lang in Lang::ALL {
        for view in KindView::all(&rules(), lang).items {
            let kind = Kind::parse(&view.kind).expect("is a kind");
            let listed = view.needs.iter().chain(&view.takes);
            let listed: Vec<_> = listed.map(|detail| detail.detail.as_ref()).collect();
            let fields: Vec<_> = schema(kind).fields().map(Field::as_str).collect();
            assert_eq!(listed, fields, "{kind}");
            assert_eq!(
                view.severity.is_some(),
                fields.contains(&"severity"),
                "{kind}"
            );
            assert_eq!(view.label, kind.label(lang), "{kind}");
            assert_eq!(
                view.effect.is_none(),
                kind.effect() == Effect::None,
                "{kind}"
            );
        }
    }
}

#[test]
fn a_kind_counts_somewhere_unless_only_its_details_say_so() {
    let silent: Vec<_> = KindView::all(&rules(), Lang::En).items;
    let silent = silent.iter().filter(|view| view.counts_in.is_empty());
    let silent: Vec<_> = silent.map(|view| view.kind.as_ref()).collect();
    assert_eq!(silent, [""; 0]);
}

#[test]
fn views_are_parsed_back() {
    for lang in Lang::ALL {
        let all = KindView::all(&rules(), lang);
        let text = serde_json::to_string(&all).expect("is JSON");
        let back: Page<KindView> = serde_json::from_str(&text).expect("is the same");
        assert_eq!(back, all);
    }
}

/// Returns a rulebook with a rule of its own for the use of force.
fn rules_of_force() -> Rulebook {
    let strained = |places: &[usize]| {
        let mut limits = [None; 7];
        for place in places {
            limits[*place] = Some(Level::Strained);
        }
        limits
    };
    let variant = |word, places: &[usize], days| Variant {
        field: Field::Severity,
        word,
        replaces: Override {
            ceiling: strained(places),
            days: Some(days),
            ..Override::default()
        },
    };
    let mut rule = KindRule {
        variants: vec![
            variant("serious", &[0, 1], 30),
            variant("major", &[1, POSTURE], 365),
        ],
        severity: [300, 1000, 2000],
        counts: Some(Counts {
            field: Field::Casualties,
            serious: 1,
            major: 25,
        }),
        memory: 2,
        ..KindRule::default()
    };
    rule.base.weights[0].strain = 1000;
    rule.base.weights[1].strain = 4200;
    let mut rules = rules();
    rules.version = "test".to_owned();
    rules.memory[2].half_life_days = 3652;
    rules.kinds[Kind::ForceUsed.index()] = rule;
    rules
}

#[test]
fn a_kind_tells_what_it_is_takes_and_weighs() {
    let view = KindView::new(Kind::ForceUsed, &rules_of_force(), Lang::En);
    let mut json = serde_json::to_value(&view).expect("is JSON");
    let needs = json["needs"].take();
    assert_eq!(needs, json!([]));
    let takes = json["takes"].take();
    assert_eq!(
        takes[0],
        json!({
            "detail": "casualties",
            "description": "number of people killed or hurt; 0 states that there were none",
            "type": "count", "common": false,
        })
    );
    assert_eq!(takes[2]["words"], json!(["minor", "serious", "major"]));
    assert_eq!(
        json["severity"]["words"][0],
        json!({
            "word": "minor",
            "description": "nobody is killed: water cannon, ramming, warning shots",
            "factor": 0.3, "from": 0,
        })
    );
    assert_eq!(json["severity"]["counted_by"], "casualties");
    let [_, serious, major] =
        [0, 1, 2].map(|place| json["severity"]["words"][place]["from"].clone());
    assert_eq!([serious, major], [json!(1), json!(25)]);
    assert_eq!(
        json["rule"],
        json!({
            "weights": {"political": -1.0, "security": -4.2},
            "mutual": 0.0,
            "memory": {"class": "force", "half_life_days": 3652},
            "ceiling": {}, "floor": {}, "ceiling_back": {}, "until": "days", "days": null,
            "variants": [
                {
                    "detail": "severity", "word": "serious", "weights": {},
                    "ceiling": {"political": "strained", "security": "strained"},
                    "floor": {}, "ceiling_back": {}, "days": 30,
                },
                {
                    "detail": "severity", "word": "major", "weights": {},
                    "ceiling": {"posture": "strained", "security": "strained"},
                    "floor": {}, "ceiling_back": {}, "days": 365,
                },
            ],
            "contact": false, "signal": false,
        })
    );
    for part in ["takes", "needs", "severity", "rule", "example"] {
        json[part] = json!("…");
    }
    assert_eq!(
        json,
        json!({
            "kind": "force.used", "family": "force", "lang": "en", "label": "force used",
            "description": "One state uses force against the other: ramming, a raid, an air \
                strike, shelling, an invasion; groups' attacks are attack.occurred.",
            "class": "point", "register": null, "effect": null, "plover": "ASSAULT",
            "counts_in": ["political", "security", "posture"],
            "needs": "…", "takes": "…", "severity": "…", "rule": "…",
            "rulebook": "test", "example": "…",
        })
    );
}

#[test]
fn a_machine_coded_row_weighs_by_its_plover_event() {
    let view = KindView::new(Kind::Coded, &rules(), Lang::Ru);
    assert_eq!(view.label, "кодированное событие");
    assert_eq!(view.rule.variants.len(), 16);
    let words: Vec<_> = view
        .rule
        .variants
        .iter()
        .map(|variant| variant.word.as_ref())
        .collect();
    assert!(words.contains(&"ASSAULT"), "{words:?}");
    assert_eq!(
        view.counts_in,
        ["political", "security", "economic", "humanitarian"]
    );
}
