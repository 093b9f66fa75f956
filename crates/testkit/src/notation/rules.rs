//! A rulebook with round numbers, so that expected sums can be computed by hand: every half-life is
//! 100 days, every damping is 4, a visit adds 4 to warmth, a minor act weighs half and a major one
//! twice as much. A level is stale after 1,000 days.

use detente_domain::decay::Decay;
use detente_domain::details::{Field, PLOVER};
use detente_domain::dimension::Weighed::{
    self, Economic, Humanitarian, Political, Security, Societal, Threat,
};
use detente_domain::grade::Grade;
use detente_domain::kind::Kind;
use detente_domain::level::{Bound, Level};
use detente_domain::party::Party;
use detente_domain::rulebook::{
    Corroboration, Counts, DimensionRule, KindRule, Limits, Memory, Override, PostureRule, Rule,
    Rulebook, Variant, Weight,
};

/// Kind, dimension, weight (strain below 0), mutual share.
const WEIGHTS: &[(Kind, Weighed, i32, u32)] = &[
    (Kind::VisitMade, Political, 4000, 500),
    (Kind::TalksHeld, Political, 2000, 1000),
    (Kind::StatementSupportive, Political, 4000, 0),
    (Kind::StatementCritical, Political, -4000, 0),
    (Kind::TensionPrevailed, Political, -6000, 1000),
    (Kind::PolicyHeld, Political, 6000, 0),
    (Kind::AgreementSigned, Political, 4000, 1000),
    (Kind::CooperationAgreed, Security, 4000, 1000),
    (Kind::MissionOpened, Political, 4000, 0),
    (Kind::MissionHandedOver, Political, 4000, 0),
    (Kind::ClashOccurred, Security, -8000, 1000),
    (Kind::ClashOccurred, Political, -1000, 1000),
    (Kind::AttackOccurred, Threat, -5000, 0),
    (Kind::PresenceClaimed, Threat, -3000, 0),
    (Kind::BorderClosed, Economic, -4000, 0),
    (Kind::BorderOpened, Economic, 1000, 0),
    (Kind::SanctionImposed, Economic, -8000, 0),
    (Kind::TradeOpened, Economic, 4000, 0),
    (Kind::ProjectAgreed, Economic, 4000, 1000),
    (Kind::ProjectStarted, Economic, 8000, 1000),
    (Kind::AidDelivered, Humanitarian, 4000, 0),
    (Kind::MeasureAdopted, Societal, -4000, 0),
    (Kind::AlertRaised, Security, -4000, 0),
    (Kind::ForceUsed, Security, -8000, 0),
];

/// The index of the posture in [`Limits`].
const POSTURE: usize = 6;
const SECURITY: usize = Security.index();
const POLITICAL: usize = Political.index();

/// Kind, limited levels, ceiling, days.
const CEILINGS: &[(Kind, &[usize], Level, u32)] = &[
    (Kind::WarBegan, &[SECURITY, POSTURE], Level::Hostile, 0),
    (
        Kind::CeasefireBroken,
        &[SECURITY, POSTURE],
        Level::Hostile,
        0,
    ),
    (Kind::CeasefireAgreed, &[SECURITY], Level::Strained, 0),
    (Kind::RelationsSevered, &[POLITICAL], Level::Strained, 0),
    (Kind::TerritoryOccupied, &[SECURITY], Level::Strained, 0),
    (Kind::ForceUsed, &[SECURITY], Level::Strained, 90),
];

const fn bound(at: i64, margin_up: i64, margin_down: i64) -> Bound {
    Bound {
        at,
        margin_up,
        margin_down,
    }
}

/// Returns limits: one level in these places.
fn limits(places: &[usize], level: Level) -> Limits {
    let mut limits = Limits::default();
    for place in places {
        limits[*place] = Some(level);
    }
    limits
}

fn weight(thousandths: i32) -> Weight {
    Weight {
        warmth: u32::try_from(thousandths).unwrap_or(0),
        strain: u32::try_from(-thousandths).unwrap_or(0),
    }
}

fn kinds() -> Vec<KindRule> {
    let rule = KindRule {
        severity: [500, 1000, 2000],
        ..KindRule::default()
    };
    let mut kinds = vec![rule; Kind::ALL.len()];
    for (kind, weighed, thousandths, mutual) in WEIGHTS {
        let rule = &mut kinds[kind.index()];
        rule.base.weights[weighed.index()] = weight(*thousandths);
        rule.mutual = *mutual;
    }
    for kind in [Kind::VisitMade, Kind::TalksHeld] {
        kinds[kind.index()].contact = true;
    }
    for kind in [Kind::MissionHandedOver, Kind::EnvoyAccredited] {
        kinds[kind.index()].signal = true;
    }
    for (kind, places, level, days) in CEILINGS {
        let rule = &mut kinds[kind.index()].base;
        rule.ceiling = limits(places, *level);
        rule.days = *days;
    }
    for (kind, variant) in variants() {
        kinds[kind.index()].variants.push(variant);
    }
    kinds[Kind::ForceUsed.index()].counts = Some(Counts {
        field: Field::Casualties,
        serious: 1,
        major: 25,
    });
    kinds
}

fn variants() -> [(Kind, Variant); 3] {
    let mut hostile = [None; 6];
    hostile[POLITICAL] = Some(weight(-6000));
    let variant = |field, word, replaces| Variant {
        field,
        word,
        replaces,
    };
    let stance = Override {
        weights: hostile,
        ..Override::default()
    };
    let major = Override {
        ceiling: limits(&[SECURITY, POSTURE], Level::Hostile),
        days: Some(180),
        ..Override::default()
    };
    let pact = Override {
        floor: limits(&[SECURITY, POSTURE], Level::Cooperative),
        ..Override::default()
    };
    [
        (Kind::PolicyHeld, variant(Field::Stance, "hostile", stance)),
        (Kind::ForceUsed, variant(Field::Severity, "major", major)),
        (
            Kind::AllianceFormed,
            variant(Field::Obligation, "defence", pact),
        ),
    ]
}

/// NATO holds the security of its members' relations at `cooperative`.
fn organisations() -> Vec<(Party, Rule)> {
    let rule = Rule {
        floor: limits(&[SECURITY], Level::Cooperative),
        ..Rule::default()
    };
    Party::find("NATO")
        .map(|nato| (nato, rule))
        .into_iter()
        .collect()
}

/// Returns the rulebook.
pub fn rules() -> Rulebook {
    let coded = PLOVER.iter().map(|event| {
        let mut weights = [Weight::default(); 6];
        let hard = ["ASSAULT", "ACCUSE", "SANCTION"].contains(event);
        weights[Political.index()] = weight(if hard { -4000 } else { 4000 });
        weights
    });
    let memory = |half_life_days| Memory {
        half_life_days,
        decay: Decay::new(half_life_days),
    };
    let dimension = |stale_days| DimensionRule {
        damping: 4000,
        stale_days,
    };
    let rules = Rulebook {
        version: "test".to_owned(),
        kinds: kinds(),
        coded: coded.collect(),
        memory: [100; 3].map(memory),
        dimensions: [1000; 6].map(dimension),
        source: [1000, 900, 700, 400, 200, 100],
        information: [1000, 900, 700, 400, 200, 300],
        ladder: Grade::new(2, 2),
        disputed: 500,
        accused: 200,
        corroboration: Corroboration {
            steps: vec![2, 3],
            counts: Grade::new(2, 3),
            ceiling: [0, 0, 1, 5, 5, 5],
        },
        carry_over: 250,
        via: 300,
        organisations: organisations(),
        machine_share: 500,
        floor_breaks_at: 3000,
        levels: [
            bound(-6000, 500, 0),
            bound(-2000, 500, 0),
            bound(2000, 0, 500),
            bound(6000, 0, 500),
        ],
        threat: [
            bound(1000, 0, 200),
            bound(4000, 0, 400),
            bound(8000, 0, 400),
        ],
        mixed: 3000,
        posture: PostureRule {
            weights: [1000; 6],
            damping: 4000,
            security_lead: 4000,
        },
        trajectory_days: 30,
        trajectory_step: 500,
    };
    assert_eq!(rules.faults(), []);
    rules
}
