//! The rationale of recognition: the declaration or contact that set the rung, and the others.

use super::{
    Cited, Context, EvidenceRole, ExclusionReason, Ladder, LadderEvidence, Rationale, Uncounted,
};
use crate::dimension::Dimension;
use crate::event::EventId;
use crate::fold::Item;
use crate::fold::recognition::{self, Declaration};
use crate::fold::regime::Takeover;
use crate::kind::Kind;
use crate::level::Recognition;
use crate::party::Party;

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
    let considered: Vec<(&Item<'_>, EvidenceRole, Option<Declaration>)> = items
        .iter()
        .filter(|item| judge.excluded(item).is_none())
        .flat_map(|item| judge.roles(item))
        .collect();
    let mut declared = considered.iter().rev();
    let latest = declared.find_map(|(item, _, declaration)| Some((*item, (*declaration)?)));
    let mut contacts = considered.iter();
    let contact = contacts.find(|(_, role, _)| *role == EvidenceRole::Contact);
    let contact = contact.map(|(item, ..)| item.event);
    let set = judge.set_by(latest, contact);
    let mut evidence: Vec<LadderEvidence> = Vec::new();
    let mut uncounted: Vec<Uncounted> = Vec::new();
    for (item, role, declaration) in considered.into_iter().rev() {
        let by = latest.filter(|(by, _)| declaration.is_some() && by.event != item.event);
        match by {
            Some((by, _)) => {
                let (by, on) = (by.event, by.earliest);
                uncounted.push(Uncounted::new(item, ExclusionReason::Superseded { by, on }));
            }
            None => evidence.push(LadderEvidence {
                cited: Cited::new(item),
                role,
                rung: judge.rung(role, declaration),
                sets: set == Some((item.event, role)),
            }),
        }
    }
    evidence.sort_by_key(|event| !event.sets);
    uncounted.extend(judge.uncounted(&items));
    let ladder = Ladder {
        weakest: conduct.rules.ladder,
        authority,
        declared: recognition.declared,
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
    /// Returns the roles of an item, each with its declaration.
    fn roles<'i, 'b>(
        &self,
        item: &'i Item<'b>,
    ) -> impl Iterator<Item = (&'i Item<'b>, EvidenceRole, Option<Declaration>)> {
        let acts = item.acts(self.context.conduct.direction);
        let rule = self.context.conduct.rules.kind(item.act.kind);
        let whole = self.dimension == Dimension::Recognition;
        let declaration =
            recognition::declaration(item, self.object, self.authority).filter(|_| acts);
        let roles = [
            declaration.map(|declaration| (EvidenceRole::Declaration, Some(declaration))),
            (whole && rule.contact).then_some((EvidenceRole::Contact, None)),
            (whole && rule.signal && acts).then_some((EvidenceRole::Signal, None)),
        ];
        roles
            .into_iter()
            .flatten()
            .map(move |(role, declaration)| (item, role, declaration))
    }

    /// Returns true if an item of this kind could move the ladder.
    fn concerns(&self, item: &Item<'_>) -> bool {
        let acts = item.acts(self.context.conduct.direction);
        let rule = self.context.conduct.rules.kind(item.act.kind);
        let speaks = matches!(
            item.act.kind,
            Kind::RecognitionGranted
                | Kind::RecognitionWithheld
                | Kind::RecognitionRefused
                | Kind::RecognitionWithdrawn
        );
        let whole = self.dimension == Dimension::Recognition;
        acts && (speaks || whole && rule.signal) || whole && rule.contact
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

    /// Returns the event that sets the value, and its role.
    fn set_by(
        &self,
        latest: Option<(&Item<'_>, Declaration)>,
        contact: Option<EventId>,
    ) -> Option<(EventId, EvidenceRole)> {
        let declares = latest.map(|(item, _)| (item.event, EvidenceRole::Declaration));
        let recognises = latest.is_some_and(|(_, declaration)| declaration.rung.is_some());
        if recognises || self.dimension == Dimension::Declared {
            return declares;
        }
        contact
            .map(|event| (event, EvidenceRole::Contact))
            .or(declares)
    }

    /// Returns the rung or statement that an item supports by itself.
    fn rung(&self, role: EvidenceRole, declaration: Option<Declaration>) -> Option<&'static str> {
        match (role, declaration) {
            (_, Some(declaration)) if self.dimension == Dimension::Declared => {
                Some(declaration.statement.as_str())
            }
            (_, Some(declaration)) => Some(declaration.rung.unwrap_or(Recognition::None).as_str()),
            (EvidenceRole::Contact, None) => Some(Recognition::Dealings.as_str()),
            (_, None) => None,
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
