//! Reports.

use detente_domain::event::Report;
use detente_domain::grade::Grade;

use super::{NotUnderstood, date, non_empty, not_understood};
use crate::proto;

pub(super) fn to_proto(report: &Report) -> proto::Report {
    proto::Report {
        grade: u32::from(report.grade.packed()) + 1,
        publisher: report.publisher.clone(),
        url: report.url.clone().unwrap_or_default(),
        language: report.language.clone().unwrap_or_default(),
        published: report.published.as_ref().map(date::to_proto),
        quote: report.quote.clone().unwrap_or_default(),
    }
}

pub(super) fn from_proto(message: Option<proto::Report>) -> Result<Report, NotUnderstood> {
    let message = message.ok_or_else(|| not_understood("a record without its publication"))?;
    let published = message.published.as_ref().map(date::from_proto);
    Ok(Report {
        grade: grade(message.grade),
        publisher: message.publisher,
        url: non_empty(message.url),
        language: non_empty(message.language),
        published: published.transpose()?,
        quote: non_empty(message.quote),
    })
}

/// Decodes a grade; 0 and unknown numbers are `F6`.
pub(crate) fn grade(number: u32) -> Grade {
    match u8::try_from(number) {
        Ok(number @ 1..) => Grade::from_packed(number - 1),
        _ => Grade::UNJUDGED,
    }
}
