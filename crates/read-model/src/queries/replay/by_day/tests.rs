//! Tests: the frames are the same however many are derived or held at a time.

use std::sync::Arc;

use detente_api::view::ChangeView;
use detente_domain::edtf::Edtf;
use detente_domain::record::{Body, Record};
use detente_testkit::histories::{records, rules};
use proptest::prelude::*;

use super::*;

/// Returns the frames, with so many of them in a batch.
fn replayed(archive: &mut Archive, filter: &str, known: u64, batch_max: usize) -> Vec<ReplayFrame> {
    replayed_after(archive, filter, known, [batch_max, CHANGES_MAX], None)
}

/// Returns the frames after a place.
fn replayed_after(
    archive: &mut Archive,
    filter: &str,
    known: u64,
    [batch_max, changes_max]: [usize; 2],
    place: Option<ReplayPlace>,
) -> Vec<ReplayFrame> {
    let filter = match filter {
        "" => Filter::default(),
        dimension => Filter::parse(&detente_api::request::FilterRequest {
            dimension: vec![dimension.to_owned()],
            ..Default::default()
        })
        .unwrap(),
    };
    let days = Day::MIN..=Day::LAST;
    let mut replay = DayReplay::new(archive, filter, days, "p", known);
    replay.batch_max = batch_max;
    replay.changes_max = changes_max;
    if let Some(place) = place {
        replay = replay.after(place);
    }
    let frames = std::iter::from_fn(|| {
        let frame = replay.next(archive);
        let held = replay.ready.len() + replay.batch.len() + replay.derived.len();
        let is_split = changes_max < CHANGES_MAX;
        assert!(held <= batch_max || is_split, "{held} frames are held");
        frame
    });
    frames.collect()
}

/// Generates records; some of the events have an open beginning.
fn partly_open() -> impl Strategy<Value = Vec<Record>> {
    let are_open = proptest::collection::vec(proptest::bool::weighted(0.2), 60);
    (records(60), are_open).prop_map(|(mut records, are_open)| {
        for (record, is_open) in records.iter_mut().zip(are_open) {
            if let Body::Reported(event) = &mut record.body
                && is_open
            {
                let last = event.occurred.latest();
                event.occurred = Edtf::parse(&format!("../{last}")).expect("a date");
            }
        }
        records
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn frames_are_the_same_however_many_are_derived_together(records in partly_open()) {
        let mut archive = Archive::new(Arc::clone(&rules()));
        for (position, record) in (1..).zip(&records) {
            archive.apply(position, record);
        }
        let known = records.len() as u64;
        for (filter, known) in [("", known), ("", known / 2), ("security", known)] {
            let whole = replayed(&mut archive, filter, known, usize::MAX);
            let order = whole.iter().map(|frame| (frame.day(), frame.frame.relation.clone()));
            prop_assert!(order.is_sorted_by(|one, next| one < next));
            for batch_max in [1, 2, 7] {
                let frames = replayed(&mut archive, filter, known, batch_max);
                prop_assert_eq!(&frames, &whole);
            }
            // It goes on after any frame.
            for (number, frame) in whole.iter().enumerate().step_by(5) {
                let place = frame.frame.cursor.strip_prefix(&format!("p-{known}-"));
                let place = place.and_then(ReplayPlace::parse);
                prop_assert!(place.is_some(), "{}", frame.frame.cursor);
                let rest = replayed_after(&mut archive, filter, known, [7, CHANGES_MAX], place);
                prop_assert_eq!(&rest, &whole[number + 1..]);
            }
            // Days in several frames have the same changes, and it goes on after any of these.
            let split = replayed_after(&mut archive, filter, known, [7, 1], None);
            let changes = |frames: &[ReplayFrame]| -> Vec<ChangeView> {
                frames.iter().flat_map(|frame| frame.frame.changes.clone()).collect()
            };
            prop_assert_eq!(changes(&split), changes(&whole));
            for (number, frame) in split.iter().enumerate().step_by(3) {
                prop_assert_eq!(frame.frame.changes.len(), 1);
                let place = frame.frame.cursor.strip_prefix(&format!("p-{known}-"));
                let place = place.and_then(ReplayPlace::parse);
                let rest = replayed_after(&mut archive, filter, known, [7, 1], place);
                prop_assert_eq!(&rest, &split[number + 1..]);
            }
            // Each relation has the steps that it has alone, once each.
            let pairs: Vec<Pair> = archive.chronicle().pairs().collect();
            let position = Position(known);
            let steps = pairs.iter().filter(|pair| archive.chronicle().was_touched(**pair, position));
            let steps: Vec<Pair> = steps.copied().collect();
            let steps = steps.into_iter().map(|pair| {
                let folded = archive.chronicle_mut().fold(pair, Some(position));
                let timelines = folded.timelines.iter();
                let days = Day::MIN..=Day::LAST;
                let of = |(subject, timeline)| history::changes(pair, subject, timeline, days.clone());
                timelines.flat_map(of).filter(|step| {
                    filter.is_empty() || detente_api::request::Topic::from(&step.subject).as_str() == filter
                }).count()
            });
            let changes = whole.iter().map(|frame| frame.frame.changes.len());
            prop_assert_eq!(changes.sum::<usize>(), steps.sum::<usize>());
        }
    }

    #[test]
    fn what_is_folded_next_is_told_before(records in partly_open()) {
        let mut archive = Archive::new(Arc::clone(&rules()));
        for (position, record) in (1..).zip(&records) {
            archive.apply(position, record);
        }
        let days = Day::MIN..=Day::LAST;
        let known = records.len() as u64;
        let mut replay = DayReplay::new(&archive, Filter::default(), days, "p", known);
        loop {
            let next = replay.next_long(&archive, 0);
            let is_over = !replay.advance(&mut archive);
            if let Some((pair, known)) = next {
                prop_assert!(!archive.chronicle().folds_long(pair, known, 0), "{}", pair);
            }
            if is_over {
                break;
            }
        }
    }
}
