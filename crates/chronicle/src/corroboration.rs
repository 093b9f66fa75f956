//! Corroboration: the grade and the publishers of the reports of an event.

use crate::publishers::PublisherId;
use detente_domain::grade::Grade;
use detente_domain::rulebook::Rulebook;
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::slice;

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
    /// Combines reports, in any order; without any, `first` is the only one.
    pub(crate) fn new(first: GradedReport, reports: &[GradedReport], rules: &Rulebook) -> Self {
        let reports = if reports.is_empty() {
            slice::from_ref(&first)
        } else {
            reports
        };
        // Of equal weights, the grade nearer to A1.
        let rank = |grade: &Grade| (rules.grade_weight(*grade), Reverse(*grade));
        let best = reports.iter().map(|report| report.grade).max_by_key(rank);
        let reported = best.unwrap_or(first.grade);
        let publisher = |report: &GradedReport| report.publisher;
        let all: BTreeSet<PublisherId> = reports.iter().map(publisher).collect();
        let counts = |report: &&GradedReport| report.grade.reaches(rules.corroboration.counts);
        let vouching: BTreeSet<PublisherId> =
            reports.iter().filter(counts).map(publisher).collect();
        Self {
            reported,
            grade: rules.corroboration.raised(reported, vouching.len()),
            publishers: all.len(),
            vouching: vouching.len(),
        }
    }
}
