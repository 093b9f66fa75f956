//! Reports.

use detente_domain::event::Report;
use detente_domain::grade::Grade;

use super::{NotUnderstood, date};
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
    let Some(message) = message else {
        return Err(NotUnderstood {
            what: "a record without its publication".to_owned(),
        });
    };
    Ok(Report {
        grade: grade(message.grade),
        publisher: message.publisher,
        url: some(message.url),
        language: some(message.language),
        published: message
            .published
            .as_ref()
            .map(date::from_proto)
            .transpose()?,
        quote: some(message.quote),
    })
}

/// Decodes a grade; 0 and unknown numbers are `F6`.
pub(crate) fn grade(number: u32) -> Grade {
    match u8::try_from(number) {
        Ok(number @ 1..) => Grade::from_packed(number - 1),
        _ => Grade::UNJUDGED,
    }
}

/// Decodes an optional text; an empty one is absent.
pub(super) fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}
