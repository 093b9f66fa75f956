//! A test harness: given events, on a day, between two states, asserts the whole state.

mod render;

use detente_domain::day::Day;
use detente_domain::details::Field;
use detente_domain::fold::regime::{MembershipUpdate, Takeover};
use detente_domain::fold::{self, Folded, FoldedConduct, Item, Regime, Regimes, Resume};
use detente_domain::kind::Kind;
use detente_domain::party::{Party, PartyKind};
use detente_domain::relations::{self, Direction, Pair};
use detente_domain::rulebook::Rulebook;
use detente_domain::state::{State, Subject};
use detente_testkit::notation::{ParsedEvent, day, lines, parse_event, party, rules};
use render::{index, limits, render, step};

/// Events and a rulebook.
pub(crate) struct Given {
    events: Vec<ParsedEvent>,
    rules: Rulebook,
}

/// Parses events, one per line.
#[track_caller]
pub(crate) fn given(text: &str) -> Given {
    Given {
        events: lines(text).map(parse_event).collect(),
        rules: rules::rules(),
    }
}

impl Given {
    /// Tweaks the rulebook.
    pub(crate) fn with(mut self, tweak: impl FnOnce(&mut Rulebook)) -> Self {
        tweak(&mut self.rules);
        self
    }

    /// The conduct of one state towards another.
    #[track_caller]
    pub(crate) fn between(self, from: &str, to: &str) -> View {
        let (from, to) = (party(from), party(to));
        let pair = Pair::new(from, to).unwrap_or_else(|| panic!("{from} and {to} are no pair"));
        let regimes = [pair.a(), pair.b()].map(|state| regime(&self.events, state));
        let folded = folded(pair, &self.events, &regimes, &self.rules, None);
        View {
            rules: self.rules,
            regimes,
            folded,
            direction: pair.from(from).unwrap_or(Direction::Forward),
            day: None,
        }
    }
}

/// The conduct of Tajikistan towards Afghanistan, given events, one per line.
#[track_caller]
pub(crate) fn tajikistan(text: &str) -> View {
    given(text).between("TJK", "AFG")
}

/// The regime of a state, from the events.
pub(crate) fn regime(events: &[ParsedEvent], state: Party) -> Regime {
    let changes = events
        .iter()
        .filter(|one| one.act.kind == Kind::AuthorityChanged);
    let own = changes.filter(|one| one.act.details.party(Field::State) == Some(state));
    let takeovers = own.filter_map(|one| {
        Some(Takeover {
            day: one.occurred.earliest(),
            event: one.event,
            authority: one.act.details.party(Field::Authority)?,
        })
    });
    let memberships = events.iter().filter(|one| one.act.actors.contains(&state));
    let memberships = memberships.flat_map(|one| {
        let organisations = organisations(one).map(|organisation| MembershipUpdate {
            day: one.occurred.earliest(),
            event: one.event,
            organisation,
            joins: one.act.kind == Kind::MembershipJoined,
        });
        organisations.collect::<Vec<_>>()
    });
    Regime::new(takeovers.collect(), memberships.collect())
}

/// The organisations that an event of membership is about.
fn organisations(one: &ParsedEvent) -> impl Iterator<Item = Party> {
    let about = matches!(
        one.act.kind,
        Kind::MembershipJoined | Kind::MembershipLeft | Kind::MembershipSuspended
    );
    let recipients = one.act.recipients.iter().copied();
    recipients.filter(move |party| about && party.kind() == PartyKind::Organisation)
}

/// The items of a pair. States are members of the organisations that the events say.
pub(crate) fn items<'a>(pair: Pair, events: &'a [ParsedEvent], rules: &Rulebook) -> Vec<Item<'a>> {
    let members = |organisation: Party| {
        let joined = events
            .iter()
            .filter(|one| organisations(one).any(|named| named == organisation));
        joined
            .flat_map(|one| one.act.actors.iter().copied())
            .collect()
    };
    let items = events.iter().filter_map(|one| {
        let affected = relations::affected_with(&one.act, &members);
        let affected = affected.into_iter().find(|one| one.pair == pair)?;
        Some(Item {
            event: one.event,
            act: &one.act,
            earliest: one.occurred.earliest(),
            latest: one.occurred.latest(),
            grade: one.grade,
            disputed: one.disputed,
            denied: if one.disputed {
                1000 - rules.disputed
            } else {
                0
            },
            directed: affected.directed,
            rival: affected.rival,
        })
    });
    items.collect()
}

/// The fold of a pair.
pub(crate) fn folded(
    pair: Pair,
    events: &[ParsedEvent],
    regimes: &[Regime; 2],
    rules: &Rulebook,
    resume: Option<Resume<'_>>,
) -> Folded {
    folded_until(pair, events, regimes, (rules, resume, Day::MAX))
}

/// The fold of a pair, with its levels up to a day.
pub(crate) fn folded_until(
    pair: Pair,
    events: &[ParsedEvent],
    [a, b]: &[Regime; 2],
    (rules, resume, until): (&Rulebook, Option<Resume<'_>>, Day),
) -> Folded {
    let items = items(pair, events, rules);
    fold::fold(pair, &items, &Regimes { a, b }, rules, resume, until)
}

/// One conduct, read on a day.
pub(crate) struct View {
    rules: Rulebook,
    regimes: [Regime; 2],
    folded: Folded,
    direction: Direction,
    day: Option<Day>,
}

impl View {
    /// The conduct on a day.
    #[track_caller]
    pub(crate) fn on(mut self, text: &str) -> Self {
        self.day = Some(day(text));
        self
    }

    /// The conduct of the other side.
    pub(crate) const fn reversed(mut self) -> Self {
        self.direction = self.direction.reverse();
        self
    }

    #[track_caller]
    pub(crate) fn state(&self) -> State {
        let [a, b] = &self.regimes;
        let conduct = FoldedConduct {
            folded: &self.folded,
            regimes: Regimes { a, b },
            rules: &self.rules,
            direction: self.direction,
        };
        let day = self.day.unwrap_or_else(|| panic!("no day is chosen"));
        conduct.state(day)
    }

    #[track_caller]
    pub(crate) fn then(self, claim: impl FnOnce(State)) -> Self {
        claim(self.state());
        self
    }

    /// Asserts the whole state except posture, which follows from the rest. Unknown values have no
    /// line.
    #[track_caller]
    pub(crate) fn reads(self, expected: &[&str]) -> Self {
        assert_eq!(render(&self.state()), expected, "on {:?}", self.day);
        self
    }

    /// Asserts that nothing is known.
    #[track_caller]
    pub(crate) fn reads_nothing(self) -> Self {
        self.reads(&[])
    }

    /// Asserts the posture.
    #[track_caller]
    pub(crate) fn posture(self, expected: &str) -> Self {
        let posture = self.state().posture;
        let level = posture.level.map_or("unknown", |level| level.as_str());
        let trajectory = posture.trajectory.map_or("none", |moved| moved.as_str());
        let index = index(posture.index);
        let stale = if posture.stale { " stale" } else { "" };
        let mut band = String::new();
        limits(&mut band, posture.band);
        assert_eq!(
            format!("{level} {index} {trajectory}{stale}{band}"),
            expected,
            "on {:?}",
            self.day
        );
        self
    }

    /// Asserts all steps of a dimension of the conduct (`political`), or of the only entry of a
    /// register (`missions`).
    #[track_caller]
    pub(crate) fn steps(self, of: &str, expected: &[&str]) -> Self {
        let mut timelines = self
            .folded
            .timelines
            .iter()
            .filter(|(subject, _)| match subject {
                Subject::Conduct(direction, dimension) => {
                    *direction == self.direction && dimension.as_str() == of
                }
                Subject::Entry(key) => key.register.as_str() == of,
            });
        let steps: Vec<String> = match (timelines.next(), timelines.next()) {
            (Some((_, timeline)), None) => timeline.steps.iter().map(step).collect(),
            (None, _) => Vec::new(),
            _ => panic!("{of} has more than one timeline"),
        };
        assert_eq!(steps, expected);
        self
    }
}
