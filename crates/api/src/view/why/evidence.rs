//! Evidence: the events that reasons cite, their contributions and publications.

use std::collections::BTreeMap;

use detente_domain::edtf::canonical;
use detente_domain::fold::why::{Cited, EvidenceRole, LadderEvidence, Rationale, Share, Why};
use detente_domain::string_enum;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{EventProvenance, EventProvenances, total};
use crate::submission::ReportDto;
use crate::view::fit::keep_first;
use crate::view::{EventView, LocalizedText, Named, Text, borrowed, code, days_between};

/// A piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct EvidenceView {
    /// The event.
    #[serde(flatten)]
    pub cited: CitedView,
    /// Its contribution to an index or threat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weighed: Option<WeightView>,
    /// Its role on a ladder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ladder: Option<LadderEvidenceView>,
}

/// An event that reasons cite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CitedView {
    /// Its id.
    pub event: Uuid,
    /// Its kind.
    pub kind: Text,
    /// The PLOVER code of a machine-coded event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The label of its kind.
    pub label: LocalizedText,
    /// Its date, in EDTF.
    pub occurred: String,
    /// The grade that counts.
    pub grade: String,
    /// True if a record denies or contradicts it.
    pub disputed: bool,
    /// The parties that deny it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub denied_by: Vec<Text>,
    /// The events that are linked with it as the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub linked: Vec<Uuid>,
    /// The number of all of these, if there are more than `linked` names; the event has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linked_total: Option<usize>,
    /// The position of the commit that first reported it.
    pub position: u64,
    /// The position since which it has been believed in its present form.
    pub settled: u64,
    /// Days from its date to the day on which that was recorded.
    pub lag_days: Option<i32>,
    /// Its titles, by language.
    #[serde(default)]
    pub title: BTreeMap<String, String>,
    /// Its publications, the first report first; of an event with many records, those among the
    /// newest.
    #[serde(default)]
    pub published: Vec<PublicationView>,
    /// The number of all records about it, if only the newest were looked through for publications;
    /// the event has all of them, in pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records_total: Option<usize>,
}

/// A publication.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PublicationView {
    /// The publisher.
    pub publisher: String,
    /// The web address.
    pub url: Option<String>,
    /// The date of publication, in EDTF.
    pub published: Option<String>,
    /// The BCP 47 tag of its language.
    pub language: Option<String>,
    /// Its grade.
    pub grade: String,
}

string_enum! {
    /// The sum that evidence adds to.
    Side {
        /// Warmth.
        Warmth "warmth",
        /// Strain.
        Strain "strain",
    }
}

string_enum! {
    /// The rounding of the product of mass and decay.
    Rounding {
        /// With the products of other evidence, after they are summed.
        Together "together",
        /// By itself.
        Alone "alone",
    }
}

/// The contribution of an event to an index or threat, and its factors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct WeightView {
    /// The sum that it adds to.
    pub side: Named<Side>,
    /// True if it is machine-coded.
    pub machine: bool,
    /// Its part of the sum, in thousandths.
    pub share_milli: u64,
    /// Its contribution to the sum.
    pub counted_micro: u64,
    /// The weight of its kind.
    pub weight_milli: u32,
    /// The weight of its grade.
    pub grade_milli: u64,
    /// The part of that weight that denials take; 0 without any.
    pub denied_milli: u32,
    /// The share of an act that counts for the side acted upon.
    pub mutual_milli: u32,
    /// The product of these.
    pub mass_micro: u64,
    /// Days in which it loses half its weight once its decay has begun.
    pub half_life_days: u32,
    /// The number of days since its decay began; 0 before that.
    pub age_days: i32,
    /// The decay factor at that age, as a part of the rule's `decay_one`.
    pub decay: u32,
    /// The number of changes of authority that reduced it.
    pub carried: usize,
    /// The rounding.
    pub rounded: Named<Rounding>,
    /// Its mass after decay, rounded by itself.
    pub left_micro: u64,
}

/// The role of an event on a ladder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct LadderEvidenceView {
    /// The role.
    pub role: Named<EvidenceRole>,
    /// The rung that it reaches by itself; null if there is none.
    pub rung: Option<Text>,
    /// True if it determines the level.
    pub sets: bool,
}

pub(super) fn views(why: &Why, provenances: &EventProvenances, limit: usize) -> Vec<EvidenceView> {
    match &why.rationale {
        Rationale::Weighed(weighing) => {
            let totals = [false, true].map(|strain| total(&weighing.shares, strain));
            let shares = weighing.shares.iter().take(limit);
            shares
                .map(|share| weighed(share, totals, provenances))
                .collect()
        }
        Rationale::Ladder(ladder) => {
            let evidence = ladder.evidence.iter().take(limit);
            evidence
                .map(|evidence| rung(evidence, provenances))
                .collect()
        }
        Rationale::Blend(_) => Vec::new(),
    }
}

fn weighed(share: &Share, totals: [u128; 2], provenances: &EventProvenances) -> EvidenceView {
    let total = totals[usize::from(share.side.strain)].max(1);
    let part = u128::from(share.counted) * 1000 / total;
    let weighed = WeightView {
        side: Named(if share.side.strain {
            Side::Strain
        } else {
            Side::Warmth
        }),
        machine: share.side.machine,
        share_milli: u64::try_from(part).unwrap_or(1000),
        counted_micro: share.counted,
        weight_milli: share.weight,
        grade_milli: share.trust,
        denied_milli: share.denied,
        mutual_milli: share.mutual,
        mass_micro: share.mass,
        half_life_days: share.half_life_days,
        age_days: share.age_days,
        decay: share.decay,
        carried: share.carried,
        rounded: Named(if share.together {
            Rounding::Together
        } else {
            Rounding::Alone
        }),
        left_micro: share.left,
    };
    EvidenceView {
        cited: CitedView::new(&share.cited, provenances),
        weighed: Some(weighed),
        ladder: None,
    }
}

fn rung(evidence: &LadderEvidence, provenances: &EventProvenances) -> EvidenceView {
    EvidenceView {
        cited: CitedView::new(&evidence.cited, provenances),
        weighed: None,
        ladder: Some(LadderEvidenceView {
            role: Named(evidence.role),
            rung: evidence.rung.map(borrowed),
            sets: evidence.sets,
        }),
    }
}

impl CitedView {
    pub(super) fn new(cited: &Cited, provenances: &EventProvenances) -> Self {
        let unknown = EventProvenance::default();
        let provenance = provenances.get(&cited.event).unwrap_or(&unknown);
        Self {
            event: cited.event.0,
            kind: borrowed(cited.kind.as_str()),
            code: cited.code.clone(),
            label: LocalizedText::label(cited.kind),
            occurred: canonical(cited.earliest, cited.latest),
            grade: cited.grade.to_string(),
            disputed: cited.disputed,
            denied_by: provenance.denied_by.iter().copied().map(code).collect(),
            linked: provenance.linked.iter().map(|event| event.0).collect(),
            linked_total: None,
            position: provenance.position,
            settled: provenance.settled,
            lag_days: days_between(Some(cited.earliest), provenance.recorded),
            title: BTreeMap::new(),
            published: Vec::new(),
            records_total: None,
        }
    }

    pub(super) fn resolve(&mut self, view: &EventView) {
        self.title.clone_from(&view.event.title);
        self.records_total = view.records_total;
        let further = view.reports.iter().filter(|record| !record.retracted);
        let further = further.filter_map(|record| record.report.as_ref());
        self.published = std::iter::once(&view.event.report)
            .chain(further)
            .map(PublicationView::from)
            .collect();
    }

    /// Returns the length of its longest list.
    pub(super) fn longest(&self) -> usize {
        self.linked.len().max(self.published.len())
    }

    /// Shortens its lists; the first publication stays.
    pub(super) fn shorten(&mut self, limit: usize) {
        keep_first(&mut self.linked, limit, &mut self.linked_total);
        self.published.truncate(limit.max(1));
    }
}

impl From<&ReportDto> for PublicationView {
    fn from(report: &ReportDto) -> Self {
        Self {
            publisher: report.publisher.clone(),
            url: report.url.clone(),
            published: report.published.clone(),
            language: report.language.clone(),
            grade: report.grade.clone(),
        }
    }
}
