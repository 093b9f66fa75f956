//! Corroboration: the grade and the publishers of the reports of an event.

use crate::publishers::PublisherId;
use detente_domain::grade::Grade;
use detente_domain::rulebook::Rulebook;
use std::collections::BTreeSet;

/// The publisher and grade of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GradedReport {
    pub(crate) publisher: PublisherId,
    pub(crate) grade: Grade,
}

/// The combined grade of several reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CombinedGrade {
    /// The grade of the best-weighted report.
    pub(crate) reported: Grade,
    /// The same grade, raised by further publishers as the rulebook says.
    pub(crate) grade: Grade,
    /// The number of independent publishers.
    pub(crate) publishers: usize,
    /// The number of those with a grade that the rulebook counts.
    pub(crate) vouching: usize,
}

impl CombinedGrade {
    /// Combines reports, in any order; `None` without any.
    pub(crate) fn new(reports: &[GradedReport], rules: &Rulebook) -> Option<Self> {
        let grades = reports.iter().map(|report| report.grade);
        let reported = grades.reduce(|one, other| better(one, other, rules))?;
        let publisher = |report: &GradedReport| report.publisher;
        let all: BTreeSet<PublisherId> = reports.iter().map(publisher).collect();
        let counts = |report: &&GradedReport| rules.corroboration.vouches(report.grade);
        let vouching: BTreeSet<PublisherId> =
            reports.iter().filter(counts).map(publisher).collect();
        Some(Self {
            reported,
            grade: rules.corroboration.raised(reported, vouching.len()),
            publishers: all.len(),
            vouching: vouching.len(),
        })
    }
}

/// Returns the grade that weighs more; of equal weights, the one nearer to A1.
fn better(one: Grade, other: Grade, rules: &Rulebook) -> Grade {
    let rank = |grade: Grade| (rules.grade_weight(grade), std::cmp::Reverse(grade));
    if rank(other) > rank(one) { other } else { one }
}
