//! Explanations of a dimension: the events that counted, and those that did not.

use super::harness::{Given, given};
use detente_chronicle::Position;
use detente_domain::background;
use detente_domain::dimension::{Dimension, Weighed};
use detente_domain::event::EventId;
use detente_domain::fold::why::{ExclusionReason, Rationale, Why};
use detente_domain::relations::{Direction, Pair};
use detente_testkit::notation::{day, id, number, party};

const POLITICAL: Dimension = Dimension::Weighed(Weighed::Political);

impl Given {
    /// Explains a dimension of Tajikistan's conduct towards Afghanistan.
    #[track_caller]
    fn why(&mut self, dimension: Dimension, on: &str, known: Option<u64>) -> Why {
        let pair = Pair::new(party("AFG"), party("TJK")).unwrap_or_else(|| panic!("no pair"));
        let known = known.map(Position);
        let chronicle = self.chronicle();
        chronicle.why(pair, Direction::Backward, dimension, day(on), known)
    }

    /// Asserts the events that counted, each with its weight in thousandths or its role in a
    /// ladder; and, after a dash, those that did not count, with the reason.
    #[track_caller]
    fn reasons(
        mut self,
        dimension: Dimension,
        on: &str,
        known: Option<u64>,
        expected: &[&str],
    ) -> Self {
        assert_eq!(format_reasons(&self.why(dimension, on, known)), expected);
        self
    }

    /// Asserts the reasons of the political dimension.
    #[track_caller]
    fn political(self, on: &str, known: Option<u64>, expected: &[&str]) -> Self {
        self.reasons(POLITICAL, on, known, expected)
    }
}

fn format_reasons(why: &Why) -> Vec<String> {
    let own = |event: EventId| match background::find(event) {
        Some(_) => "background".to_owned(),
        None => number(event.0).to_string(),
    };
    let mut lines: Vec<String> = match &why.rationale {
        Rationale::Weighed(weighing) => weighing
            .shares
            .iter()
            .map(|share| {
                let sign = if share.side.strain { "-" } else { "+" };
                let mark = if share.cited.disputed {
                    " disputed"
                } else {
                    ""
                };
                let counted = share.counted / 1000;
                format!("{} {sign}{counted}{mark}", own(share.cited.event))
            })
            .collect(),
        Rationale::Ladder(ladder) => ladder
            .evidence
            .iter()
            .map(|one| {
                let sets = if one.sets { " sets" } else { "" };
                let rung = one.rung.unwrap_or("nothing");
                format!(
                    "{} {} {rung}{sets}",
                    own(one.cited.event),
                    one.role.as_str()
                )
            })
            .collect(),
        Rationale::Blend(blend) => blend
            .parts
            .iter()
            .filter(|part| part.leading.is_some())
            .map(|part| {
                format!(
                    "{} +{} -{}",
                    part.weighed.as_str(),
                    part.warmth,
                    part.strain
                )
            })
            .collect(),
    };
    lines.extend(why.uncounted.iter().map(|one| {
        let (by, on) = match one.reason {
            ExclusionReason::Repeated { by } | ExclusionReason::Linked { by } => (Some(by.0), None),
            ExclusionReason::Closed { by, on }
            | ExclusionReason::Superseded { by, on }
            | ExclusionReason::BeforeAuthority { by, on } => (Some(by.0), Some(on)),
            ExclusionReason::Retracted { by } => (Some(by.0), None),
            _ => (None, None),
        };
        let by = by.map_or_else(String::new, |by| format!(" by {}", number(by)));
        let on = on.map_or_else(String::new, |on| format!(" on {on}"));
        format!("- {} {}{by}{on}", own(one.cited.event), one.reason.as_str())
    }));
    lines
}

#[test]
fn evidence_is_in_order_of_weight() {
    given(&[
        "tick 2023-12-31",
        "1 2023-01-01 TJK -> AFG statement.supportive
         2 2023-04-11 TJK -> AFG statement.critical
         3 2023-04-11 AFG -> TJK visit.made
         4 2023-04-11 TJK -> AFG statement.supportive B2
         5 2023-05-01 TJK -> AFG statement.supportive
         6 2023-04-11 TJK -> AFG aid.delivered",
    ])
    .political(
        "2023-04-11",
        None,
        &["2 -4000", "4 +3240", "1 +2000", "3 +2000", "- 5 not_yet"],
    );
}

#[test]
fn a_disputed_event_counts_less_and_has_its_deniers() {
    let mut given = given(&[
        "tick 2023-12-31",
        "1 2023-01-01 TJK -> AFG statement.supportive",
    ])
    .when("100 disputes 1 TALIBAN")
    .political("2023-01-01", None, &["1 +2000 disputed"])
    .political("2023-01-01", Some(2), &["1 +4000"]);
    let event = EventId(id(1));
    let why = given.why(POLITICAL, "2023-01-01", None);
    assert_eq!(why.cited(), [event].into());
    let chronicle = given.chronicle();
    let believed = chronicle.event(event, None);
    let settled = believed.map(|event| (event.position.0, event.settled.0));
    assert_eq!(settled, Some((2, 3)));
    let disputes = chronicle.disputes(&[event], Position(3));
    let deniers = disputes.iter().flat_map(|dispute| &dispute.denied_by);
    let deniers: Vec<&str> = deniers.map(|by| by.code()).collect();
    assert_eq!(deniers, ["TALIBAN"]);
}

#[test]
fn a_hidden_event_has_the_record_that_hides_it() {
    given(&[
        "tick 2023-12-31",
        "1 2023-01-01 TJK -> AFG statement.supportive
         2 2023-01-02 TJK -> AFG statement.supportive
         3 2023-01-03 TJK -> AFG statement.critical",
    ])
    .when("100 links 2 1")
    .when("101 retracts 3")
    .political(
        "2023-01-01",
        None,
        &["1 +4000", "- 2 told by 1", "- 3 retracted by 101"],
    )
    .political(
        "2023-01-01",
        Some(3),
        &["1 +4000", "- 2 told by 1", "- 3 not_yet"],
    )
    .when("102 retracts 101")
    .when("103 retracts 1")
    .political(
        "2023-01-03",
        None,
        &["3 -4000", "2 +3972", "- 1 retracted by 103"],
    );
}

#[test]
fn faded_and_repeated_events_have_their_reasons() {
    given(&[
        "tick 2024-12-31",
        "1 2019-01-01 TJK -> AFG statement.supportive
         2 2023-01-01 TJK -> AFG mission.opened mission=consulate host=AFG sender=TJK city=Mazar
         3 2023-02-01 TJK -> AFG mission.handed_over mission=consulate host=AFG sender=TJK city=Mazar controlled_by=AFG
         4 2023-03-01 TJK -> AFG mission.closed mission=consulate host=AFG sender=TJK city=Mazar
         5 2023-03-01 TJK -> AFG coded plover=ASSAULT A1
         6 2023-03-01 TJK -> AFG coded plover=ASSAULT F6
         7 2023-03-01 TJK -> AFG mission.opened mission=consulate host=AFG sender=TJK city=Herat E5",
    ])
    .political(
        "2023-03-01",
        None,
        &[
            "5 -4000",
            "3 +3294",
            "2 +2657",
            "7 +160",
            "- 1 faded",
            "- 6 repeated by 5",
        ],
    );
}

#[test]
fn events_of_other_authorities_and_before_a_change_do_not_count() {
    given(&[
        "80 2001-12-22 AFG-REPUBLIC authority.changed state=AFG authority=AFG-REPUBLIC
         90 2021-08-15 TALIBAN authority.changed state=AFG authority=TALIBAN",
        "tick 2023-03-23",
        "1 2021-08-01 TJK -> AFG recognition.granted of=AFG form=de_jure
         2 2022-08-01 AFG-REPUBLIC -> TJK statement.supportive
         3 2022-01-01 TJK -> AFG talks.held
         4 2022-02-01 TJK -> AFG recognition.refused of=TALIBAN
         5 2022-03-01 TJK -> AFG recognition.withheld of=TALIBAN
         6 2022-04-01 TJK -> AFG recognition.granted of=AFG-REPUBLIC form=de_facto
         7 2022-05-01 TJK -> AFG talks.held D4
         8 2022-08-02 TJK -> AFG-REPUBLIC talks.held",
    ])
    .reasons(
        Dimension::Recognition,
        "2023-01-01",
        None,
        &[
            "5 declaration none sets",
            "3 contact dealings",
            "- 1 before_authority by 90 on 2021-08-15",
            "- 4 superseded by 5 on 2022-03-01",
            "- 6 other_authority",
            "- 7 too_weak",
            "- 8 not_governing",
        ],
    )
    .reasons(
        Dimension::Declared,
        "2022-02-15",
        None,
        &[
            "4 declaration refuses sets",
            "- 1 before_authority by 90 on 2021-08-15",
            "- 5 not_yet",
            "- 6 not_yet",
        ],
    );
}

#[test]
fn a_rank_has_the_mission_that_sets_it_and_the_closed_ones() {
    given(&[
        "tick 2023-03-23",
        "1 2010-01-01 AFG -> TJK mission.opened mission=embassy host=TJK sender=AFG city=Dushanbe
         2 2011-01-01 AFG -> TJK mission.opened mission=consulate host=TJK sender=AFG city=Khorog
         3 2012-01-01 AFG -> TJK mission.closed mission=embassy host=TJK sender=AFG city=Dushanbe
         4 2012-01-01 AFG -> TJK mission.opened mission=embassy host=TJK sender=AFG city=Kulob E5",
    ])
    .reasons(
        Dimension::Representation,
        "2011-06-01",
        None,
        &[
            "1 mission charge sets",
            "2 mission consular",
            "- 3 not_yet",
            "- 4 too_weak",
        ],
    )
    .reasons(
        Dimension::Representation,
        "2012-06-01",
        None,
        &[
            "2 mission consular sets",
            "3 mission none",
            "- 1 closed by 3 on 2012-01-01",
            "- 4 too_weak",
        ],
    );
}

#[test]
fn a_posture_has_the_known_dimensions() {
    given(&[
        "tick 2023-12-31",
        "1 2023-01-01 TJK -> AFG statement.supportive",
        "2 2023-01-01 TJK -> AFG border.closed",
    ])
    .reasons(
        Dimension::Posture,
        "2023-01-01",
        None,
        &["political +4000 -0", "economic +0 -4000"],
    );
}
