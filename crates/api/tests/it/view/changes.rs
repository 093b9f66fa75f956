//! Changes as JSON.

use detente_api::proto;
use detente_domain::day::Day;
use detente_domain::details::{Field, Value};
use detente_domain::dimension::{Dimension, Register, Weighed};
use detente_domain::relations::Direction;
use detente_domain::state::{Change, Dispute, EntryKey, Held, Occasion, Subject};
use serde_json::json;

use super::{day, event, pair, party};
use detente_api::view::{ChangeView, CommitStamp};

const HELD: Held = Held {
    word: "open",
    controlled_by: None,
    uncertain: false,
    stale: false,
    presumed: false,
};

fn stamp() -> CommitStamp {
    CommitStamp {
        position: 57,
        recorded: day("2023-04-18"),
    }
}

#[test]
fn a_change_names_a_hundred_causes_and_twenty_disputes_and_how_many_there_are() {
    let change = |causes: u64| Change {
        pair: pair(),
        subject: Subject::Conduct(Direction::Backward, Dimension::Weighed(Weighed::Political)),
        from: None,
        to: Some(HELD),
        day: day("2023-03-23"),
        until: None,
        occasion: Occasion::Happened,
        causes: (0..causes).map(|number| event(number.into())).collect(),
    };
    let disputes = |count: u64| {
        let dispute = |number| Dispute {
            event: event(u128::from(number)),
            claimed_by: vec![party("TJK")],
            denied_by: vec![party("AFG")],
        };
        (0..count).map(dispute).collect::<Vec<_>>()
    };
    for (causes, disputed, totals) in [
        (100, 20, (None, None)),
        (101, 21, (Some(101), Some(21))),
        (10_000, 10_000, (Some(10_000), Some(10_000))),
    ] {
        let view = ChangeView::new(&change(causes), stamp()).with_disputes(&disputes(disputed));
        assert_eq!((view.causes.len(), view.disputes.len()), (100, 20));
        assert_eq!(view.causes[99], event(99).0);
        assert_eq!((view.causes_total, view.disputes_total), totals);
        assert_eq!(view.cause_count() as u64, causes);
        assert!(view.json_len() < 8 << 10, "{} bytes", view.json_len());
        let message = proto::Change::from(&view);
        assert_eq!(message.causes.len(), 100);
        let wide = |total: Option<usize>| total.and_then(|total| u32::try_from(total).ok());
        assert_eq!(message.causes_total, wide(totals.0));
        assert_eq!(message.disputes_total, wide(totals.1));
    }
}

#[test]
fn a_change_of_a_level_has_its_direction() {
    let change = Change {
        pair: pair(),
        subject: Subject::Conduct(Direction::Backward, Dimension::Weighed(Weighed::Political)),
        from: Some(Held {
            word: "hostile",
            stale: true,
            ..HELD
        }),
        to: Some(Held {
            word: "strained",
            uncertain: true,
            ..HELD
        }),
        day: day("2023-03-23"),
        until: None,
        occasion: Occasion::Happened,
        causes: vec![event(14)],
    };
    let view = ChangeView::new(&change, stamp());
    let json = serde_json::to_value(&view).expect("is JSON");
    assert_eq!(
        json,
        json!({
            "relation": "AFG-TJK", "direction": {"from": "TJK", "to": "AFG"},
            "dimension": "political", "key": null, "from": "hostile", "to": "strained",
            "was_uncertain": false, "uncertain": true, "was_stale": true, "stale": false,
            "was_presumed": false, "presumed": false, "day": "2023-03-23", "until": null,
            "occasion": "happened", "causes": ["00000000-0000-0000-0000-00000000000e"],
            "lag_days": 26, "disputed": false, "position": 57
        })
    );
    assert_eq!(
        serde_json::from_value::<ChangeView>(json).expect("reads back"),
        view
    );
    let unknown = Change {
        from: None,
        day: Day::MIN,
        ..change
    };
    let view = ChangeView::new(&unknown, stamp());
    assert_eq!(
        (view.from.as_ref(), view.day.as_str(), view.lag_days),
        ("unknown", "..", None)
    );
}

#[test]
fn a_new_entry_was_absent_and_has_its_key() {
    let fields = vec![
        (Field::Mission, Value::Choice("consulate")),
        (Field::Host, Value::Party(party("TJK"))),
    ];
    let change = Change {
        pair: pair(),
        subject: Subject::Entry(EntryKey {
            register: Register::Missions,
            family: "mission",
            by: None,
            via: Some(party("EU")),
            fields,
        }),
        from: None,
        to: Some(Held {
            controlled_by: Some(party("TALIBAN")),
            ..HELD
        }),
        day: day("2023-03-23"),
        until: Some(day("2023-04-01")),
        occasion: Occasion::Learned,
        causes: Vec::new(),
    };
    let json = serde_json::to_value(ChangeView::new(&change, stamp())).expect("is JSON");
    assert_eq!(json["direction"], json!(null));
    assert_eq!(json["dimension"], "missions");
    assert_eq!(json["key"], json!({"type": "consulate", "host": "TJK"}));
    assert_eq!(
        (&json["from"], &json["to"]),
        (&json!("absent"), &json!("open"))
    );
    assert_eq!(json["controlled_by_to"], "TALIBAN");
    assert_eq!(json["via"], "EU");
    assert!(json.get("controlled_by_from").is_none());
    assert_eq!(
        (&json["occasion"], &json["until"]),
        (&json!("learned"), &json!("2023-04-01"))
    );
}
