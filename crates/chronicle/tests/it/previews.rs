//! Previews: the changes of events that are not in the log, and the events that are like them.

use crate::changes::given;
use crate::grown::grown;
use detente_chronicle::{Chronicle, Position, ProposedEvent, RelationChanges};
use detente_domain::event::EventId;
use detente_domain::record::{Body, Record, RecordId};
use detente_testkit::histories::{commits, records};
use detente_testkit::notation::{id, lines, number, parse_event};
use proptest::prelude::*;

/// The most relations of a preview: more than the histories have.
const ALL: usize = 1_000;

fn proposed(record: &Record) -> Option<ProposedEvent> {
    match &record.body {
        Body::Reported(event) => Some(ProposedEvent {
            event: EventId(record.id.0),
            act: event.act.clone(),
            earliest: event.occurred.earliest(),
            latest: event.occurred.latest(),
            grade: event.report.grade,
        }),
        _ => None,
    }
}

/// Parses events in the notation of tests.
fn events(text: &str) -> Vec<ProposedEvent> {
    let parsed = lines(text).map(parse_event);
    parsed
        .map(|parsed| ProposedEvent {
            event: parsed.event,
            act: parsed.act,
            earliest: parsed.occurred.earliest(),
            latest: parsed.occurred.latest(),
            grade: parsed.grade,
        })
        .collect()
}

/// Applies one commit as a projector does, and returns the relations that it changed.
fn commit(chronicle: &mut Chronicle, records: &[Record]) -> Vec<RelationChanges> {
    let position = Position(chronicle.head().0 + 1);
    chronicle.begin_commit();
    for record in records {
        chronicle.apply(position, record);
    }
    let mut changed = chronicle.end_commit(position);
    changed.retain(|relation| !relation.changes.is_empty());
    changed
}

/// Gives the events among the records ids that no other record has or names.
fn fresh(records: Vec<Record>) -> Vec<Record> {
    let events = (0..).zip(records).filter_map(|(place, mut record)| {
        let Body::Reported(event) = &mut record.body else {
            return None;
        };
        event.id = EventId(id(place));
        record.id = RecordId(id(place));
        Some(record)
    });
    events.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_preview_has_the_changes_of_the_commit(
        history in commits(),
        new in records(5).prop_map(fresh),
    ) {
        let (mut chronicle, _) = grown(&history);
        let proposed: Vec<ProposedEvent> = new.iter().filter_map(proposed).collect();
        let preview = chronicle.preview(&proposed, ALL);
        prop_assert_eq!(preview.left_out, 0);
        // A chronicle that gave a preview goes on like one that did not.
        let (mut untouched, _) = grown(&history);
        let changed = commit(&mut untouched, &new);
        prop_assert_eq!(&preview.relations, &changed);
        prop_assert_eq!(commit(&mut chronicle, &new), changed);
    }

    #[test]
    fn an_event_is_like_its_copy(history in commits()) {
        let (chronicle, _) = grown(&history);
        for record in history.iter().flatten() {
            let Some(mut copy) = proposed(record) else { continue };
            let original = copy.event;
            copy.event = EventId(id(0));
            let known = chronicle.event(original, None);
            let same = known.filter(|known| !known.hidden && *known.act == copy.act);
            let same = same.filter(|known| (known.earliest, known.latest) == (copy.earliest, copy.latest));
            let affects = !detente_domain::relations::affected(&copy.act).is_empty();
            if same.is_some() && affects {
                let similar = chronicle.similar(&copy, ALL);
                prop_assert!(similar.iter().any(|similar| similar.event == original));
                prop_assert_eq!(similar[0].days_apart, 0);
            }
        }
    }
}

const HISTORY: [&str; 2] = [
    "tick 2023-06-01",
    "1 2023-03-23 TJK -> AFG visit.made
     2 2023-03-26 TJK -> TALIBAN visit.made
     3 2023-03-30 TJK -> AFG visit.made
     4 2023-03-24 KAZ -> AFG visit.made
     5 2023-03-23 AFG -> TJK visit.made
     6 2023-04 TJK,UZB talks.held
     7 2023-03-23 TJK -> AFG statement.critical
     8 retracts 1",
];

#[track_caller]
fn assert_similar(history: &[&str], event: &str, expected: &[(u128, i32)]) {
    let mut given = given(history);
    let similar = given.chronicle().similar(&events(event)[0], 20);
    let found: Vec<(u128, i32)> = similar
        .iter()
        .map(|similar| (number(similar.event.0), similar.days_apart))
        .collect();
    assert_eq!(found, expected, "{event}");
}

#[test]
fn similar_events_have_parties_in_common_and_dates_near_to_each_other() {
    let history = &HISTORY[..];
    assert_similar(history, "20 2023-03-24 TJK -> AFG visit.made", &[(2, 2)]);
    assert_similar(
        history,
        "20 2023-03-28 TJK,KAZ -> TALIBAN visit.made",
        &[(2, 2), (3, 2)],
    );
    assert_similar(
        history,
        "20 2023-03-20/2023-03-28 TJK -> AFG visit.made",
        &[(2, 0), (3, 2)],
    );
    assert_similar(history, "20 2023-03-23 AFG -> TJK visit.made", &[(5, 0)]);
    assert_similar(history, "20 2023-04-10 UZB,TJK talks.held", &[(6, 0)]);
    assert_similar(history, "20 2023-04-10 UZB -> TJK talks.held", &[(6, 0)]);
    assert_similar(history, "20 2023-04-10 UZB,TJK,KAZ talks.held", &[]);
    assert_similar(history, "20 2023-05-04 UZB,TJK talks.held", &[]);
    assert_similar(history, "2 2023-03-26 TJK -> AFG visit.made", &[]);
}

#[test]
fn kinds_of_one_family_with_the_same_effect_are_similar() {
    let history = [
        "1 2023-03-23 TJK -> AFG mission.opened mission=consulate host=TJK sender=AFG city=Khorog
         2 2023-03-23 TJK -> AFG mission.closed mission=consulate host=TJK sender=AFG city=Khorog
         3 2023-03-23 EAEU -> AFG sanction.imposed name=List
         4 2023-03-23 KAZ -> EAEU membership.joined
         5 2023-03-23 TJK -> AFG coded plover=CONSULT F6
         6 2023-03-24 TJK -> AFG coded plover=CONSULT F6
         7 2023-03-23 TJK -> AFG coded plover=ASSAULT F6",
    ];
    let mission = "mission=consulate host=TJK sender=AFG city=Khorog";
    let observed = format!("20 2023-03-24 TJK -> AFG mission.observed {mission}");
    assert_similar(&history, &observed, &[(1, 1)]);
    let sanction = "20 2023-03-23 EAEU -> TALIBAN sanction.imposed name=Other";
    assert_similar(&history, sanction, &[(3, 0)]);
    assert_similar(
        &history,
        "20 2023-03-25 KAZ -> EAEU membership.joined",
        &[(4, 2)],
    );
    assert_similar(
        &history,
        "20 2023-03-23 TJK -> AFG coded plover=CONSULT F6",
        &[(5, 0)],
    );
}

/// Asserts that a preview has the changes of the commit, which changes these relations.
#[track_caller]
fn assert_previewed(history: &[&str], new: &str, expected: &[&str]) {
    let mut given = given(history);
    let preview = given.chronicle().preview(&events(new), ALL);
    let changed = given.when(new).changed();
    assert_eq!(preview.relations, changed, "{new}");
    let pairs: Vec<String> = changed
        .iter()
        .map(|relation| relation.pair.to_string())
        .collect();
    assert_eq!(pairs, expected, "{new}");
}

#[test]
fn a_preview_takes_in_new_authorities_and_members() {
    let history = [
        "tick 2023-06-01",
        "1 2022-03-23 EAEU -> AFG statement.critical
         2 2022-04-01 UZB -> TALIBAN visit.made
         3 2022-05-01 UZB -> TALIBAN mission.opened mission=embassy host=AFG sender=UZB",
    ];
    let takeover = "30 2022-01-01 TALIBAN authority.changed state=AFG authority=TALIBAN";
    let all = [
        "AFG-ARM", "AFG-BLR", "AFG-KAZ", "AFG-KGZ", "AFG-RUS", "AFG-UZB",
    ];
    assert_previewed(&history, takeover, &all);
    let joined = "30 2022-01-01 TJK -> EAEU membership.joined";
    assert_previewed(&history, joined, &["AFG-TJK"]);
    let left = "30 2022-01-01 KAZ -> EAEU membership.left";
    assert_previewed(&history, left, &["AFG-KAZ"]);
    let both = format!("{joined}\n31 2022-06-01 EAEU -> AFG sanction.imposed name=List");
    let members = [
        "AFG-ARM", "AFG-BLR", "AFG-KAZ", "AFG-KGZ", "AFG-RUS", "AFG-TJK",
    ];
    assert_previewed(&history, &both, &members);
    let weak = "30 2022-01-01 TJK -> EAEU membership.joined F6";
    assert_previewed(&history, weak, &[]);
}

#[test]
fn a_new_authority_is_a_cause_in_relations_that_begin_as_other_states_join() {
    let history = ["1 2020-12-04 EAEU,AFG talks.held", "tick 2020-12-09"];
    let new = "30 2020-12-04 TALIBAN authority.changed state=AFG authority=TALIBAN
               31 2020-12-04 TJK -> EAEU membership.joined";
    let all = [
        "AFG-ARM", "AFG-BLR", "AFG-KAZ", "AFG-KGZ", "AFG-RUS", "AFG-TJK",
    ];
    assert_previewed(&history, new, &all);
}

#[test]
fn a_preview_changes_nothing_and_leaves_out_what_is_known() {
    let mut given = given(&HISTORY);
    let new = events("30 2023-05-01 TJK -> AFG border.closed");
    let chronicle = given.chronicle();
    let (head, counts) = (chronicle.head(), chronicle.counts());
    let preview = chronicle.preview(&new, ALL);
    assert_eq!(preview.relations.len(), 1);
    assert_eq!(preview, chronicle.preview(&new, ALL));
    assert_eq!((chronicle.head(), chronicle.counts()), (head, counts));
    assert!(chronicle.event(new[0].event, None).is_none());
    let known = events("2 2023-05-01 TJK -> AFG border.closed");
    assert!(chronicle.preview(&known, ALL).relations.is_empty());
}

#[test]
fn a_page_begins_with_the_relations_of_the_acts() {
    let history = [
        "tick 2023-06-01",
        "1 2023-03-23 TJK -> AFG visit.made
         2 2023-03-23 KAZ -> AFG visit.made
         3 2023-03-23 UZB -> AFG recognition.granted of=TALIBAN form=de_facto",
    ];
    let new = "30 2023-05-01 TALIBAN authority.changed state=AFG authority=TALIBAN
               31 2023-05-02 TJK -> AFG border.closed";
    let mut given = given(&history);
    let chronicle = given.chronicle();
    let all = chronicle.preview(&events(new), ALL);
    let pairs = |relations: &[RelationChanges]| -> Vec<String> {
        relations
            .iter()
            .map(|relation| relation.pair.to_string())
            .collect()
    };
    assert_eq!(all.left_out, 0);
    assert!(pairs(&all.relations).contains(&"AFG-UZB".to_owned()));
    let first = chronicle.preview(&events(new), 1);
    assert_eq!(
        (pairs(&first.relations), first.left_out),
        (vec!["AFG-TJK".to_owned()], 2)
    );
}
