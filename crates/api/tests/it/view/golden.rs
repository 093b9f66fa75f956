//! A hand-made state as the JSON that readers rely on.

use std::collections::BTreeMap;

use detente_domain::day::Day;
use detente_domain::details::{Field, Value};
use detente_domain::dimension::{Register, Weighed};
use detente_domain::kind::Kind;
use detente_domain::level::{Declared, Level, Recognition, Representation, Threat, Trajectory};
use detente_domain::relations::Direction;
use detente_domain::state::{
    Band, Basis, Dispute, EntryKey, EntryState, Limit, PostureState, RecognitionState,
    RepresentationState, Since, State, WeighedState,
};

use super::{day, event, pair, party};
use detente_api::view::{CountryView, RelationView};

fn basis(events: &[u128]) -> Basis {
    Basis {
        uncertain: false,
        disputed: events.contains(&3),
        evidence: events.iter().map(|number| event(*number)).collect(),
        count: events.len() + 20,
    }
}

pub(super) fn since(earliest: &str, latest: &str) -> Since {
    Since {
        earliest: day(earliest),
        latest: day(latest),
    }
}

fn mission() -> EntryState {
    let fields = vec![
        (Field::Mission, Value::Choice("consulate")),
        (Field::Host, Value::Party(party("TJK"))),
        (Field::Sender, Value::Party(party("AFG"))),
        (Field::City, Value::Text("Khorog".into())),
    ];
    EntryState {
        key: EntryKey {
            register: Register::Missions,
            family: "mission",
            by: None,
            via: None,
            fields,
        },
        status: "open",
        open: true,
        controlled_by: Some(party("TALIBAN")),
        since: since("2023-03-23", "2023-03-31"),
        basis: basis(&[14]),
    }
}

fn alert() -> EntryState {
    let key = EntryKey {
        register: Register::Deployments,
        family: "alert",
        by: Some(Direction::Backward),
        via: Some(party("EU")),
        fields: vec![],
    };
    EntryState {
        key,
        status: "alert",
        controlled_by: None,
        since: since("2022-01-01", "2022-12-31"),
        ..mission()
    }
}

/// Tajikistan towards Afghanistan: the pair is AFG-TJK, so this is the reverse direction.
pub(super) fn state(direction: Direction) -> State {
    let mut weighed: [WeighedState; 6] = Default::default();
    weighed[Weighed::Political.index()] = WeighedState {
        level: Some(Level::Strained),
        threat: None,
        index: -3_449,
        warmth: 2_150,
        strain: 8_800,
        mixed: false,
        stale: false,
        band: Band {
            ceiling: Some(Limit {
                level: Level::Strained,
                event: event(12),
                kind: Kind::RelationsSuspended,
                until: None,
            }),
            floor: Some(Limit {
                level: Level::Hostile,
                event: event(13),
                kind: Kind::AllianceFormed,
                until: Some(day("2024-01-01")),
            }),
        },
        leads: 7,
        since: Some(day("2021-08-15")),
        last_evidence: Some(day("2023-04-13")),
        basis: basis(&[3, 11]),
    };
    weighed[Weighed::Threat.index()] = WeighedState {
        threat: Some(Threat::High),
        strain: 9_100,
        stale: true,
        leads: 2,
        last_evidence: Some(day("2022-07-05")),
        since: Some(Day::MIN),
        basis: basis(&[9]),
        ..WeighedState::default()
    };
    State {
        pair: pair(),
        direction,
        at: day("2023-04-18"),
        recognition: RecognitionState {
            level: Some(Recognition::Dealings),
            declared: Some(Declared::Refuses),
            presumed: true,
            since: Some(since("2021-08-01", "2021-08-31")),
            signals: vec![event(14)],
            basis: basis(&[1]),
        },
        representation: RepresentationState {
            level: Some(Representation::Consular),
            sends: None,
            since: None,
            basis: Basis::default(),
        },
        weighed,
        posture: PostureState {
            level: Some(Level::Strained),
            index: -2_949,
            warmth: 1_234,
            strain: 3_456,
            stale: true,
            band: Band::default(),
            since: None,
            trajectory: Some(Trajectory::Warming),
            disputed: true,
        },
        registers: BTreeMap::from([
            (Register::Missions, vec![mission()]),
            (Register::Deployments, vec![alert()]),
        ]),
        disputes: vec![
            Dispute {
                event: event(4),
                claimed_by: vec![party("RUS"), party("KAZ")],
                denied_by: vec![party("TALIBAN")],
            },
            Dispute {
                event: event(5),
                claimed_by: vec![party("TJK")],
                denied_by: vec![],
            },
        ],
    }
}

const UNKNOWN_DIMENSION: &str = r#"{"level":"unknown","index":null,"warmth":null,"strain":null,"mixed":false,"stale":false,"band":{"ceiling":null,"floor":null},"leads":0,"stale_days":null,"last_evidence":null,"since":null,"uncertain":false,"disputed":false,"evidence":[],"evidence_count":0}"#;

/// The contract, byte for byte; `u` is an unknown dimension.
const GOLDEN: &str = r#"{
"from":"TJK","to":"AFG","at":"2023-04-18","known_at":57,"projection":"0123456789ab",
"recognition":{"level":"dealings","declared":"refuses","presumed":true,"since":"2021-08","implicit_signals":["00000000-0000-0000-0000-00000000000e"],"uncertain":false,"disputed":false,"evidence":["00000000-0000-0000-0000-000000000001"],"evidence_count":21},
"representation":{"level":"consular","sends":"unknown","since":null,"uncertain":false,"disputed":false,"evidence":[],"evidence_count":0},
"political":{"level":"strained","index":-3.4,"warmth":2.2,"strain":8.8,"mixed":false,"stale":false,"band":{"ceiling":{"level":"strained","kind":"relations.suspended","event":"00000000-0000-0000-0000-00000000000c","until":null},"floor":{"level":"hostile","kind":"alliance.formed","event":"00000000-0000-0000-0000-00000000000d","until":"2024-01-01"}},"leads":7,"stale_days":5,"last_evidence":"2023-04-13","since":"2021-08-15","uncertain":false,"disputed":true,"evidence":["00000000-0000-0000-0000-000000000003","00000000-0000-0000-0000-00000000000b"],"evidence_count":22},
"security":u,"economic":u,"humanitarian":u,"societal":u,
"threat":{"level":"high","strain":9.1,"stale":true,"leads":2,"stale_days":287,"last_evidence":"2022-07-05","since":null,"uncertain":false,"disputed":false,"evidence":["00000000-0000-0000-0000-000000000009"],"evidence_count":21},
"posture":{"level":"strained","index":-2.9,"stale":true,"band":{"ceiling":null,"floor":null},"since":null,"trajectory":"warming","disputed":true},
"missions":[{"city":"Khorog","host":"TJK","sender":"AFG","type":"consulate","controlled_by":"TALIBAN","status":"open","open":true,"since":"2023-03-23/2023-03-31","uncertain":false,"disputed":false,"evidence":["00000000-0000-0000-0000-00000000000e"],"evidence_count":21}],
"envoys":[],"relations":[],"listings":[],"sanctions":[],"borders":[],"airspace":[],"visas":[],"trade":[],"agreements":[],"alliances":[],"memberships":[],"wars":[],"occupations":[],
"deployments":[{"by":"TJK","via":"EU","family":"alert","status":"alert","open":true,"since":"2022","uncertain":false,"disputed":false,"evidence":["00000000-0000-0000-0000-00000000000e"],"evidence_count":21}],
"groups":[],"detentions":[],"projects":[],"meetings":[],"channels":[],"measures":[],
"disputes":[{"event":"00000000-0000-0000-0000-000000000004","claimed_by":"RUS,KAZ","denied_by":"TALIBAN"},{"event":"00000000-0000-0000-0000-000000000005","claimed_by":"TJK","denied_by":null}]}"#;

#[test]
fn a_relation_has_stable_bytes_and_round_trips() {
    let view = RelationView::new(&state(Direction::Backward), 57, "0123456789ab");
    let json = serde_json::to_string(&view).expect("is JSON");
    let golden = GOLDEN
        .replace('\n', "")
        .replace("\":u,", &format!("\":{UNKNOWN_DIMENSION},"));
    assert_eq!(json, golden);
    assert_eq!(
        serde_json::from_str::<RelationView>(&json).expect("reads back"),
        view
    );
    assert_eq!(
        view.register(Register::Missions)[0].detail("city"),
        Some("Khorog")
    );
    assert!(
        Register::ALL
            .iter()
            .filter(|r| !view.register(**r).is_empty())
            .count()
            == 2
    );
}

#[test]
fn a_country_has_both_directions_of_each_relation() {
    let states = [state(Direction::Forward), state(Direction::Backward)];
    let at = day("2023-04-18");
    let of = |code: &str| {
        CountryView::new(
            party(code),
            at,
            57,
            "p",
            Some(party("TALIBAN")),
            std::slice::from_ref(&states),
        )
    };
    let view = of("AFG");
    assert_eq!(view.governed_by, "TALIBAN");
    assert_eq!(view.relations.len(), 1);
    assert_eq!(view.relations[0].with, "TJK");
    assert_eq!(view.relations[0].outgoing.political.as_str(), "strained");
    assert!(view.relations[0].incoming.disputed);
    let json = serde_json::to_value(&view).expect("is JSON");
    assert_eq!(json["relations"][0]["incoming"]["index"], -2.9);
    assert_eq!(json["relations"][0]["outgoing"]["security"], "unknown");
    assert_eq!(json["relations"][0]["outgoing"]["presumed"], true);
    assert_eq!(
        json["relations"][0]["outgoing"]["stale_dimensions"],
        serde_json::json!(["threat", "posture"])
    );
    assert_eq!(
        serde_json::from_value::<CountryView>(json).expect("reads back"),
        view
    );
    assert!(of("KAZ").relations.is_empty());
}
