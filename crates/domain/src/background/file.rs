//! The embedded files of the background, parsed once.

use super::{BackgroundEvent, Membership};
use crate::details::{Details, Field, Value};
use crate::edtf::Edtf;
use crate::event::{Act, EventId};
use crate::grade::Grade;
use crate::kind::Kind;
use crate::party::{Party, PartyKind};
use crate::relations::Pair;
use crate::tsv;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use uuid::Uuid;

pub(super) const MEMBERSHIPS: &str = include_str!("../../data/memberships.tsv");
pub(super) const REFUSALS: &str = include_str!("../../data/refusals.tsv");
/// The name from which the ids of events are derived, as a URN. It never changes.
const NAMESPACE: &[u8] = b"urn:detente:background";
/// `A1`, of every row.
const GRADE: Grade = Grade::new(0, 0);

pub(super) static FILES: LazyLock<Files> = LazyLock::new(|| Files::parse(MEMBERSHIPS, REFUSALS));

/// The embedded files, for a hash of the registries.
pub const FILE_BYTES: [&[u8]; 2] = [MEMBERSHIPS.as_bytes(), REFUSALS.as_bytes()];

/// What the files hold, with indices.
#[derive(Default)]
pub(super) struct Files {
    pub(super) events: BTreeMap<EventId, BackgroundEvent>,
    /// The memberships of each state, in order of their first day, then of the organisations.
    pub(super) memberships: BTreeMap<Party, Vec<Membership>>,
    /// The members of each organisation, past ones included.
    pub(super) members: BTreeMap<Party, BTreeSet<Party>>,
    /// The refusals of each pair and what ended them, in order of their days.
    pub(super) refusals: BTreeMap<Pair, Vec<EventId>>,
}

/// A row of either file: one party towards another, from one date to another.
pub(super) struct Row {
    one: Party,
    other: Party,
    /// The codes of the two parties and the first date, as written: the source of the ids.
    key: String,
    pub(super) from: Edtf,
    pub(super) to: Option<Edtf>,
}

impl Files {
    /// Parses the files. Tests check that no row is left out.
    fn parse(memberships: &'static str, refusals: &'static str) -> Files {
        let mut files = Files::default();
        for row in tsv::rows(memberships).filter_map(membership) {
            files.add_membership(&row);
        }
        for row in tsv::rows(refusals).filter_map(refusal) {
            files.add_refusal(&row);
        }
        for memberships in files.memberships.values_mut() {
            memberships.sort_by_key(|membership| (membership.from, membership.organisation));
        }
        let events = &files.events;
        for ids in files.refusals.values_mut() {
            ids.sort_by_key(|id| (events.get(id).map(|event| event.earliest), *id));
        }
        files
    }

    fn add_membership(&mut self, row: &Row) {
        let (organisation, state) = (row.one, row.other);
        let event = |kind, date| row.event(kind, date, (state, organisation), Details::none());
        let joined = event(Kind::MembershipJoined, &row.from);
        let left = row.to.as_ref();
        let left = left.map(|date| event(Kind::MembershipLeft, date));
        let membership = Membership {
            organisation,
            state,
            from: joined.latest,
            to: left.as_ref().map(|left| left.earliest),
            event: joined.id,
            ended_by: left.as_ref().map(|left| left.id),
        };
        self.memberships.entry(state).or_default().push(membership);
        self.members.entry(organisation).or_default().insert(state);
        self.add_events([Some(joined), left]);
    }

    fn add_refusal(&mut self, row: &Row) {
        let (who, of) = (row.one, row.other);
        let mut details = Details::none();
        details.set(Field::Of, Value::Party(of));
        let refused = row.event(
            Kind::RecognitionRefused,
            &row.from,
            (who, of),
            details.clone(),
        );
        details.set(Field::Form, Value::Choice("de_jure"));
        let granted = row.to.as_ref();
        let granted =
            granted.map(|date| row.event(Kind::RecognitionGranted, date, (who, of), details));
        if let Some(pair) = Pair::new(who, of) {
            let ids = self.refusals.entry(pair).or_default();
            ids.extend([&refused].into_iter().chain(&granted).map(|event| event.id));
        }
        self.add_events([Some(refused), granted]);
    }

    fn add_events(&mut self, events: [Option<BackgroundEvent>; 2]) {
        let events = events.into_iter().flatten();
        self.events.extend(events.map(|event| (event.id, event)));
    }
}

impl Row {
    fn parse([one, other, from, to]: [&'static str; 4]) -> Option<Row> {
        let to = match to {
            "" => None,
            to => Some(Edtf::parse(to).ok()?),
        };
        Some(Row {
            one: Party::find(one)?,
            other: Party::find(other)?,
            key: format!("{one} {other} {from}"),
            from: Edtf::parse(from).ok()?,
            to,
        })
    }

    /// Makes an event of this row, of an actor towards a recipient.
    fn event(
        &self,
        kind: Kind,
        date: &Edtf,
        (actor, recipient): (Party, Party),
        details: Details,
    ) -> BackgroundEvent {
        let namespace = Uuid::new_v5(&Uuid::NAMESPACE_URL, NAMESPACE);
        let name = format!("{} {}", kind.as_str(), self.key);
        BackgroundEvent {
            id: EventId(Uuid::new_v5(&namespace, name.as_bytes())),
            act: Act {
                kind,
                actors: vec![actor],
                recipients: vec![recipient],
                details,
            },
            earliest: date.earliest(),
            latest: date.latest(),
            grade: GRADE,
        }
    }
}

/// Parses a row of the memberships: an organisation and a state.
pub(super) fn membership(row: &'static str) -> Option<Row> {
    let row = Row::parse(tsv::columns(row)?)?;
    let fits = row.one.kind() == PartyKind::Organisation && row.other.state() == Some(row.other);
    fits.then_some(row)
}

/// Parses a row of the refusals: two states. The note is for readers of the file.
pub(super) fn refusal(row: &'static str) -> Option<Row> {
    let [who, of, from, to, _note] = tsv::columns(row)?;
    let row = Row::parse([who, of, from, to])?;
    Pair::new(row.one, row.other).is_some().then_some(row)
}
