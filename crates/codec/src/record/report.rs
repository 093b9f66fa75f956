//! Publications.

use detente_domain::event::Report;
use detente_domain::grade::Grade;

use super::{NotUnderstood, date};
use crate::proto;

pub(super) fn write(report: &Report) -> proto::Report {
    proto::Report {
        grade: u32::from(report.grade.packed()) + 1,
        publisher: report.publisher.clone(),
        url: report.url.clone().unwrap_or_default(),
        language: report.language.clone().unwrap_or_default(),
        published: report.published.as_ref().map(date::write),
        quote: report.quote.clone().unwrap_or_default(),
    }
}

pub(super) fn read(message: Option<proto::Report>) -> Result<Report, NotUnderstood> {
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
        published: message.published.as_ref().map(date::read).transpose()?,
        quote: some(message.quote),
    })
}

/// The grade of a number on the wire; 0, and what a newer writer may mean, is `F6`.
pub(crate) fn grade(number: u32) -> Grade {
    match u8::try_from(number) {
        Ok(number @ 1..) => Grade::from_packed(number - 1),
        _ => Grade::UNJUDGED,
    }
}

/// Absent and empty are one on the wire.
pub(super) fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}
