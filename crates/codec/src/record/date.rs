//! Imprecise dates: the text as it was written, and its bounds for readers that skip the text.

use detente_domain::day::Day;
use detente_domain::edtf::Edtf;

use super::{NotUnderstood, unknown};
use crate::proto;

pub(super) fn write(date: &Edtf) -> proto::Date {
    proto::Date {
        earliest: date.earliest().ordinal(),
        latest: date.latest().ordinal(),
        text: date.text().to_owned(),
    }
}

/// Text and bounds must say the same: who skips the text must not come to another day than who
/// reads it.
pub(super) fn read(message: &proto::Date) -> Result<Edtf, NotUnderstood> {
    let bounds = (Day::new(message.earliest), Day::new(message.latest));
    let same = |date: &Edtf| (date.earliest(), date.latest()) == bounds;
    let day = Edtf::day(bounds.0);
    Edtf::parse(&message.text)
        .ok()
        .filter(same)
        .or_else(|| (same(&day) && day.text() == message.text).then_some(day))
        .ok_or_else(|| unknown("a date", &message.text))
}

pub(super) fn required(message: Option<&proto::Date>) -> Result<Edtf, NotUnderstood> {
    match message {
        Some(message) => read(message),
        None => Err(NotUnderstood {
            what: "an event without a date".to_owned(),
        }),
    }
}
