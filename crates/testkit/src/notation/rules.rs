//! A rulebook with round numbers, so that expected sums can be computed by hand: every half-life is
//! 100 days, the damping is 4, a visit adds 4 to warmth.

use detente_domain::decay::Decay;
use detente_domain::details::PLOVER;
use detente_domain::dimension::Weighed::{
    self, Economic, Humanitarian, Political, Security, Societal, Threat,
};
use detente_domain::grade::Grade;
use detente_domain::kind::Kind;
use detente_domain::level::Bound;
use detente_domain::rulebook::{Corroboration, DimensionRule, KindRule, Rulebook, Weight};

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
];

const fn bound(at: i64, margin_up: i64, margin_down: i64) -> Bound {
    Bound {
        at,
        margin_up,
        margin_down,
    }
}

/// Returns the rulebook.
pub fn rules() -> Rulebook {
    let weight = |thousandths: i32| Weight {
        warmth: u32::try_from(thousandths).unwrap_or(0),
        strain: u32::try_from(-thousandths).unwrap_or(0),
    };
    let mut kinds = vec![KindRule::default(); Kind::ALL.len()];
    for (kind, weighed, thousandths, mutual) in WEIGHTS {
        let rule = &mut kinds[kind.index()];
        rule.weights[weighed.index()] = weight(*thousandths);
        rule.mutual = *mutual;
    }
    for kind in [Kind::VisitMade, Kind::TalksHeld] {
        kinds[kind.index()].contact = true;
    }
    for kind in [Kind::MissionHandedOver, Kind::EnvoyAccredited] {
        kinds[kind.index()].signal = true;
    }
    let coded = PLOVER.iter().map(|event| {
        let mut weights = [Weight::default(); 6];
        let hard = ["ASSAULT", "ACCUSE", "SANCTION"].contains(event);
        weights[Political.index()] = weight(if hard { -4000 } else { 4000 });
        weights
    });
    let dimension = |half_life_days| DimensionRule {
        half_life_days,
        damping: 4000,
        decay: Decay::new(half_life_days),
    };
    let rules = Rulebook {
        version: "test".to_owned(),
        kinds,
        coded: coded.collect(),
        dimensions: [100; 6].map(dimension),
        source: [1000, 900, 700, 400, 200, 100],
        information: [1000, 900, 700, 400, 200, 300],
        ladder: Grade::new(2, 2),
        disputed: 500,
        corroboration: Corroboration {
            steps: vec![2, 3],
            counts: Grade::new(2, 3),
            ceiling: [0, 0, 1, 5, 5, 5],
        },
        carry_over: 250,
        machine_share: 500,
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
        posture: [1000, 1000, 1000, 1000, 1000, 1000],
        trajectory_days: 30,
        trajectory_step: 500,
    };
    assert_eq!(rules.faults(), []);
    rules
}
