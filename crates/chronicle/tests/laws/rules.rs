//! A rulebook with every kind of rule in it.

use detente_domain::decay::Decay;
use detente_domain::details::PLOVER;
use detente_domain::dimension::Weighed;
use detente_domain::kind::Kind;
use detente_domain::level::Bound;
use detente_domain::rulebook::{Corroboration, DimensionRule, KindRule, Rulebook, Weight};
use std::sync::Arc;

pub(crate) fn rules() -> Arc<Rulebook> {
    let warm = |warmth| Weight { warmth, strain: 0 };
    let cold = |strain| Weight { warmth: 0, strain };
    let mut kinds = vec![KindRule::default(); Kind::ALL.len()];
    let mut rule = |kind: Kind, weights: &[(Weighed, Weight)], mutual| {
        let rule = &mut kinds[kind.index()];
        for (weighed, weight) in weights {
            rule.weights[weighed.index()] = *weight;
        }
        rule.mutual = mutual;
        rule.contact = matches!(
            kind,
            Kind::VisitMade | Kind::MissionHandedOver | Kind::TalksHeld
        );
        rule.signal = kind == Kind::MissionHandedOver;
    };
    rule(Kind::VisitMade, &[(Weighed::Political, warm(3000))], 700);
    rule(Kind::TalksHeld, &[(Weighed::Political, warm(2000))], 1000);
    rule(
        Kind::MissionHandedOver,
        &[(Weighed::Political, warm(4000))],
        300,
    );
    rule(Kind::MissionClosed, &[(Weighed::Political, cold(5000))], 0);
    rule(
        Kind::StatementCritical,
        &[(Weighed::Political, cold(2500))],
        0,
    );
    rule(
        Kind::TensionPrevailed,
        &[(Weighed::Political, cold(6000))],
        1000,
    );
    rule(
        Kind::ClashOccurred,
        &[
            (Weighed::Security, cold(8000)),
            (Weighed::Political, cold(1500)),
        ],
        1000,
    );
    rule(Kind::AttackOccurred, &[(Weighed::Threat, cold(5000))], 0);
    rule(Kind::BorderClosed, &[(Weighed::Economic, cold(4000))], 0);
    rule(Kind::BorderOpened, &[(Weighed::Economic, warm(2000))], 0);
    let dimension = |half_life_days| DimensionRule {
        half_life_days,
        damping: 4000,
        decay: Decay::new(half_life_days),
    };
    let bound = |at, margin_up, margin_down| Bound {
        at,
        margin_up,
        margin_down,
    };
    Arc::new(Rulebook {
        version: "test".to_owned(),
        kinds,
        coded: PLOVER
            .iter()
            .map(|event| {
                let mut weights = [Weight::default(); 6];
                let hard = matches!(*event, "ASSAULT" | "COERCE" | "SANCTION" | "ACCUSE");
                weights[0] = if hard { cold(3000) } else { warm(1000) };
                weights
            })
            .collect(),
        dimensions: [90, 120, 200, 60, 300, 150].map(dimension),
        source: [1000, 900, 700, 400, 200, 100],
        information: [1000, 900, 700, 400, 200, 300],
        ladder_source: 2,
        ladder_information: 2,
        disputed: 500,
        corroboration: Corroboration {
            steps: vec![2, 3],
            source: 2,
            information: 3,
            ceiling: [0, 0, 1, 5, 5, 5],
        },
        carry_over: 250,
        machine_share: 300,
        levels: [
            bound(-6000, 500, 0),
            bound(-2000, 500, 0),
            bound(2000, 0, 500),
            bound(6000, 0, 500),
        ],
        threat: [bound(500, 0, 200), bound(2000, 0, 400), bound(6000, 0, 400)],
        mixed: 2000,
        posture: [3000, 2000, 1000, 1000, 500, 1000],
        trajectory_days: 90,
        trajectory_step: 500,
    })
}
