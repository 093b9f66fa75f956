//! First reports.

use detente_domain::event::{Event, EventId};
use detente_domain::party::Lang;
use uuid::Uuid;

use super::{NotUnderstood, act, date, not_understood, report};
use crate::proto;

pub(super) fn to_proto(event: &Event) -> proto::Reported {
    proto::Reported {
        act: Some(act::to_proto(&event.act)),
        occurred: Some(date::to_proto(&event.occurred)),
        report: Some(report::to_proto(&event.report)),
        title: titles_to_proto(event.title.iter()),
    }
}

pub(super) fn from_proto(id: Uuid, message: proto::Reported) -> Result<Event, NotUnderstood> {
    let act = message.act.as_ref();
    let act = act.ok_or_else(|| not_understood("an event without an act"))?;
    let act = act::from_proto(act)?;
    let occurred = message.occurred.as_ref();
    let occurred = occurred.ok_or_else(|| not_understood("an event without a date"))?;
    Ok(Event {
        id: EventId(id),
        act,
        occurred: date::from_proto(occurred)?,
        title: titles_from_proto(message.title).collect(),
        report: report::from_proto(message.report)?,
    })
}

pub(super) fn titles_to_proto<'t>(
    titles: impl Iterator<Item = (&'t Lang, &'t String)>,
) -> Vec<proto::Title> {
    let title = |(lang, text): (&Lang, &String)| proto::Title {
        language: lang.as_str().to_owned(),
        text: text.clone(),
    };
    titles.map(title).collect()
}

/// Decodes titles; those in unsupported languages are dropped.
pub(super) fn titles_from_proto(titles: Vec<proto::Title>) -> impl Iterator<Item = (Lang, String)> {
    titles
        .into_iter()
        .filter_map(|title| Some((Lang::parse(&title.language)?, title.text)))
}
