//! The rationale of recognition: the claim or contact that set the rung, and the others.

use super::{
    Cited, Context, EvidenceRole, ExclusionReason, Ladder, LadderEvidence, Rationale, Uncounted,
};
use crate::dimension::Dimension;
use crate::event::EventId;
use crate::fold::Item;
use crate::fold::recognition::{self, Claim, Effect};
use crate::fold::regime::Takeover;
use crate::kind::Kind;
use crate::level::Recognition;
use crate::party::Party;

/// An item with a role that it has, and its claim.
type Considered<'i, 'a> = (&'i Item<'a>, EvidenceRole, Option<Claim>);

pub(super) fn ladder(context: Context<'_>, dimension: Dimension) -> (Rationale, Vec<Uncounted>) {
    let Context { conduct, at, .. } = context;
    let items = context.in_force();
    let authority = conduct.regimes.of_object(conduct.direction).governing(at);
    let judge = LadderJudge {
        context,
        dimension,
        object: conduct.folded.pair.ends(conduct.direction).1,
        authority,
    };
    let recognition = conduct.recognition(at, 0);
    let ladder = &conduct.folded.recognition[conduct.direction.index()];
    let set = match dimension {
        Dimension::Declared => ladder.declared_by(at),
        _ => ladder.set_by(at),
    };
    let considered = items.iter().filter(|item| judge.excluded(item).is_none());
    let considered: Vec<Considered<'_, '_>> =
        considered.flat_map(|item| judge.roles(item)).collect();
    let latest = considered.iter().rev();
    let latest = latest.clone().find(|(.., claim)| claim.is_some());
    let latest = latest.map(|(item, ..)| (item.event, item.earliest));
    let mut evidence: Vec<LadderEvidence> = Vec::new();
    let mut uncounted: Vec<Uncounted> = Vec::new();
    for (item, role, claim) in considered.into_iter().rev() {
        let sets = judge.sets(set, item.event, (role, claim), recognition.level);
        match latest.filter(|(by, _)| claim.is_some() && *by != item.event && !sets) {
            Some((by, on)) => {
                uncounted.push(Uncounted::new(item, ExclusionReason::Superseded { by, on }));
            }
            None => evidence.push(LadderEvidence {
                cited: Cited::new(item),
                role,
                rung: judge.rung(role, claim),
                sets,
            }),
        }
    }
    let joined = context
        .joined
        .iter()
        .filter(|_| dimension == Dimension::Recognition);
    evidence.extend(joined.map(|item| LadderEvidence {
        cited: Cited::new(item),
        role: EvidenceRole::Implication,
        rung: Some(Recognition::DeJure.as_str()),
        sets: true,
    }));
    evidence.sort_by_key(|event| !event.sets);
    uncounted.extend(judge.uncounted(&items));
    let ladder = Ladder {
        weakest: conduct.rules.ladder,
        authority,
        declared: recognition.declared,
        presumed: recognition.presumed,
        disputed: recognition.basis.disputed,
        evidence,
    };
    (Rationale::Ladder(ladder), uncounted)
}

/// Judges items for the ladder of one dimension.
struct LadderJudge<'a> {
    context: Context<'a>,
    dimension: Dimension,
    object: Party,
    authority: Option<Takeover>,
}

impl LadderJudge<'_> {
    /// Returns the roles of an item, each with its claim.
    fn roles<'i, 'b>(&self, item: &'i Item<'b>) -> impl Iterator<Item = Considered<'i, 'b>> {
        let direction = self.context.conduct.direction;
        let acts = item.acts_itself(direction);
        let rule = self.context.conduct.rules.kind(item.act.kind);
        let whole = self.dimension == Dimension::Recognition;
        let claim = recognition::claim(item, direction, self.object, self.authority);
        let claim = claim.filter(|claim| whole || claim.statement.is_some());
        let role = |claim: Claim| match claim.effect {
            Effect::Implies | Effect::Observes => EvidenceRole::Implication,
            Effect::Rival => EvidenceRole::Rival,
            Effect::Recognises(_) | Effect::Withholds | Effect::Refuses => {
                EvidenceRole::Declaration
            }
        };
        let contact = whole && rule.contact && item.is_own();
        let roles = [
            claim.map(|claim| (role(claim), Some(claim))),
            contact.then_some((EvidenceRole::Contact, None)),
            (whole && rule.signal && acts).then_some((EvidenceRole::Signal, None)),
        ];
        roles
            .into_iter()
            .flatten()
            .map(move |(role, claim)| (item, role, claim))
    }

    /// Returns true if an item of this kind could move the ladder.
    fn concerns(&self, item: &Item<'_>) -> bool {
        let acts = item.acts_itself(self.context.conduct.direction);
        let kind = item.act.kind;
        let rule = self.context.conduct.rules.kind(kind);
        let speaks = matches!(
            kind,
            Kind::RecognitionGranted
                | Kind::RecognitionWithheld
                | Kind::RecognitionRefused
                | Kind::RecognitionWithdrawn
        );
        let whole = self.dimension == Dimension::Recognition;
        acts && (speaks || whole && rule.signal)
            || whole && (item.is_own() && (rule.contact || kind.establishes()))
            || whole && item.rival.is_some_and(|(_, act)| act.via.is_none())
    }

    /// Returns the reason why an item is not considered.
    fn excluded(&self, item: &Item<'_>) -> Option<ExclusionReason> {
        let authority = self.authority;
        let later = authority.filter(|takeover| item.earliest < takeover.day);
        let before = later.map(|takeover| ExclusionReason::BeforeAuthority {
            by: takeover.event,
            on: takeover.day,
        });
        self.context.barred(item).or(before)
    }

    /// Returns true if an event in a role set the value.
    fn sets(
        &self,
        set: Option<EventId>,
        event: EventId,
        (role, claim): (EvidenceRole, Option<Claim>),
        level: Option<Recognition>,
    ) -> bool {
        let by_contact = level == Some(Recognition::Dealings);
        let whole = self.dimension == Dimension::Recognition;
        set == Some(event)
            && if whole && by_contact && claim.is_none() {
                role == EvidenceRole::Contact
            } else {
                claim.is_some()
            }
    }

    /// Returns the rung or statement that an item supports by itself.
    fn rung(&self, role: EvidenceRole, claim: Option<Claim>) -> Option<&'static str> {
        match claim {
            Some(claim) if self.dimension == Dimension::Declared => Some(claim.statement?.as_str()),
            Some(claim) => Some(match claim.effect {
                Effect::Recognises(rung) => rung.as_str(),
                Effect::Implies | Effect::Observes => Recognition::DeJure.as_str(),
                Effect::Withholds | Effect::Refuses | Effect::Rival => Recognition::None.as_str(),
            }),
            None if role == EvidenceRole::Contact => Some(Recognition::Dealings.as_str()),
            None => None,
        }
    }

    fn uncounted(&self, items: &[Item<'_>]) -> Vec<Uncounted> {
        let concerning = items.iter().filter(|item| self.concerns(item));
        let reason = |item: &Item<'_>| {
            let idle = || self.roles(item).next().is_none();
            let other = || idle().then_some(ExclusionReason::OtherAuthority);
            self.excluded(item).or_else(other)
        };
        let mut uncounted: Vec<Uncounted> = concerning
            .filter_map(|item| Some(Uncounted::new(item, reason(item)?)))
            .collect();
        let outside = |item: &Item<'_>| self.concerns(item);
        uncounted.extend(self.context.outside_fold(items, outside));
        uncounted
    }
}
