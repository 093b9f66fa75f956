//! Evidence: events that reasons cite, what they count for, and where they are published.

use std::collections::BTreeMap;

use detente_domain::edtf::canonical;
use detente_domain::fold::why::{Cited, Ground, Share, Stone, Why};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Tellings;
use crate::json::ReportForm;
use crate::view::{EventView, LineView, Word, borrowed, code};

/// A piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct EvidenceView {
    /// The event.
    #[serde(flatten)]
    pub cited: CitedView,
    /// What it counts for, in an index or threat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weighed: Option<WeightView>,
    /// What it is to a ladder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ladder: Option<StoneView>,
}

/// An event, as reasons cite it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CitedView {
    /// Its id.
    pub event: Uuid,
    /// Its kind.
    pub kind: Word,
    /// The PLOVER code of a machine-coded one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What its kind is called.
    pub label: LineView,
    /// Its date, in EDTF.
    pub occurred: String,
    /// The grade that counts.
    pub grade: String,
    /// Somebody denies or contradicts it.
    pub disputed: bool,
    /// The parties that deny it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub denied_by: Vec<Word>,
    /// The events that are one with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub linked: Vec<Uuid>,
    /// The position of the commit that first reported it.
    pub position: u64,
    /// The position since which it is taken for what it is.
    pub settled: u64,
    /// Days from the day on which it was so to the day on which that was recorded.
    pub lag_days: Option<i32>,
    /// Its title, by language.
    #[serde(default)]
    pub title: BTreeMap<String, String>,
    /// Where it is published, the first report first.
    #[serde(default)]
    pub published: Vec<PublicationView>,
}

/// A publication.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PublicationView {
    /// Who published it.
    pub publisher: String,
    /// Where.
    pub url: Option<String>,
    /// When, in EDTF.
    pub published: Option<String>,
    /// BCP 47 tag of its language.
    pub language: Option<String>,
    /// How far it is trusted.
    pub grade: String,
}

/// What evidence counts for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct WeightView {
    /// `warmth` or `strain`.
    pub side: Word,
    /// It is machine-coded.
    pub machine: bool,
    /// Its part of its side, in thousandths.
    pub share_milli: u64,
    /// What it counts for.
    pub counted_micro: u64,
    /// What its kind weighs.
    pub weight_milli: u32,
    /// What its grade weighs.
    pub grade_milli: u64,
    /// The share of an act that counts for the side acted upon.
    pub mutual_milli: u32,
    /// All these together, with what a dispute leaves.
    pub mass_micro: u64,
    /// Days for which it has been fading; 0 while it holds.
    pub age_days: i32,
    /// What is left after them, of the rule's `decay_one`.
    pub decay: u32,
    /// How many changes of authority have cut it.
    pub carried: usize,
    /// `together` with others before rounding, or `alone`.
    pub rounded: Word,
    /// What is left of it, by itself.
    pub left_micro: u64,
}

/// What evidence is to a ladder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct StoneView {
    /// `declaration`, `contact`, `signal`, `mission`, `envoy` or `break`.
    pub role: Word,
    /// What it stands for by itself; null for nothing.
    pub rung: Option<Word>,
    /// It set what holds.
    pub sets: bool,
}

pub(super) fn of(why: &Why, tellings: &Tellings, limit: usize) -> Vec<EvidenceView> {
    match &why.ground {
        Ground::Weighed(weighing) => {
            let total = |strain: bool| {
                let own = weighing.shares.iter();
                let own = own.filter(|share| share.side.strain == strain);
                own.map(|share| u128::from(share.counted)).sum::<u128>()
            };
            let totals = [total(false), total(true)];
            let shares = weighing.shares.iter().take(limit);
            shares
                .map(|share| weighed(share, totals, tellings))
                .collect()
        }
        Ground::Ladder(ladder) => {
            let stones = ladder.stones.iter().take(limit);
            stones.map(|stone| rung(stone, tellings)).collect()
        }
        Ground::Blend(_) => Vec::new(),
    }
}

fn weighed(share: &Share, totals: [u128; 2], tellings: &Tellings) -> EvidenceView {
    let total = totals[usize::from(share.side.strain)].max(1);
    let part = u128::from(share.counted) * 1000 / total;
    let weighed = WeightView {
        side: borrowed(if share.side.strain {
            "strain"
        } else {
            "warmth"
        }),
        machine: share.side.machine,
        share_milli: u64::try_from(part).unwrap_or(1000),
        counted_micro: share.counted,
        weight_milli: share.weight,
        grade_milli: share.trust,
        mutual_milli: share.mutual,
        mass_micro: share.mass,
        age_days: share.age_days,
        decay: share.decay,
        carried: share.carried,
        rounded: borrowed(if share.together { "together" } else { "alone" }),
        left_micro: share.left,
    };
    EvidenceView {
        cited: CitedView::of(&share.cited, tellings),
        weighed: Some(weighed),
        ladder: None,
    }
}

fn rung(stone: &Stone, tellings: &Tellings) -> EvidenceView {
    EvidenceView {
        cited: CitedView::of(&stone.cited, tellings),
        weighed: None,
        ladder: Some(StoneView {
            role: borrowed(stone.role.as_str()),
            rung: stone.rung.map(borrowed),
            sets: stone.sets,
        }),
    }
}

impl CitedView {
    pub(super) fn of(cited: &Cited, tellings: &Tellings) -> Self {
        let told = tellings.get(&cited.event).cloned().unwrap_or_default();
        let recorded = told.recorded.filter(|day| !day.is_open());
        let recorded = recorded.filter(|_| !cited.earliest.is_open());
        Self {
            event: cited.event.0,
            kind: borrowed(cited.kind.code()),
            code: cited.code.clone(),
            label: LineView {
                en: cited.kind.label_en().to_owned(),
                ar: cited.kind.label_ar().to_owned(),
            },
            occurred: canonical(cited.earliest, cited.latest),
            grade: cited.grade.to_string(),
            disputed: cited.disputed,
            denied_by: told.denied_by.iter().copied().map(code).collect(),
            linked: told.linked.iter().map(|event| event.0).collect(),
            position: told.position,
            settled: told.settled,
            lag_days: recorded.map(|day| day.since(cited.earliest)),
            title: BTreeMap::new(),
            published: Vec::new(),
        }
    }

    pub(super) fn resolve(&mut self, view: &EventView) {
        let titles = view.event.title.iter();
        self.title = titles
            .map(|(lang, title)| (lang.to_string(), title.clone()))
            .collect();
        let further = view.reports.iter().filter(|record| !record.retracted);
        let further = further.filter_map(|record| record.report.as_ref());
        self.published = std::iter::once(&view.event.report)
            .chain(further)
            .map(PublicationView::of)
            .collect();
    }
}

impl PublicationView {
    fn of(report: &ReportForm) -> Self {
        Self {
            publisher: report.publisher.clone(),
            url: report.url.clone(),
            published: report.published.clone(),
            language: report.language.clone(),
            grade: report.grade.clone(),
        }
    }
}
