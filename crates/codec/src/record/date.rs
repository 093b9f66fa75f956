//! Imprecise dates: the EDTF text, and its bounds for the partial decoder.

use detente_domain::day::Day;
use detente_domain::edtf::Edtf;

use super::{NotUnderstood, unknown};
use crate::proto;

pub(super) fn to_proto(date: &Edtf) -> proto::Date {
    proto::Date {
        earliest: date.earliest().ordinal(),
        latest: date.latest().ordinal(),
        text: date.text().to_owned(),
    }
}

/// Decodes a date. The bounds must match the text, because the partial decoder reads only them.
pub(super) fn from_proto(message: &proto::Date) -> Result<Edtf, NotUnderstood> {
    let bounds = (Day::new(message.earliest), Day::new(message.latest));
    let same = |date: &Edtf| (date.earliest(), date.latest()) == bounds;
    let day = Edtf::day(bounds.0);
    Edtf::parse(&message.text)
        .ok()
        .filter(same)
        .or_else(|| (same(&day) && day.text() == message.text).then_some(day))
        .ok_or_else(|| unknown("a date", &message.text))
}
