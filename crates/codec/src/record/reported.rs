//! First reports.

use std::collections::BTreeMap;

use detente_domain::event::{Event, EventId};
use detente_domain::party::Lang;
use uuid::Uuid;

use super::{NotUnderstood, act, date, report};
use crate::proto;

pub(super) fn to_proto(event: &Event) -> proto::Reported {
    proto::Reported {
        act: Some(act::to_proto(&event.act)),
        occurred: Some(date::to_proto(&event.occurred)),
        report: Some(report::to_proto(&event.report)),
        title: event
            .title
            .iter()
            .map(|(lang, text)| title_to_proto(*lang, text))
            .collect(),
    }
}

pub(super) fn from_proto(id: Uuid, message: &proto::Reported) -> Result<Event, NotUnderstood> {
    let Some(act) = &message.act else {
        return Err(NotUnderstood {
            what: "an event without an act".to_owned(),
        });
    };
    Ok(Event {
        id: EventId(id),
        act: act::from_proto(act)?,
        occurred: date::required(message.occurred.as_ref())?,
        title: titles_from_proto(&message.title).collect::<BTreeMap<_, _>>(),
        report: report::from_proto(message.report.clone())?,
    })
}

pub(super) fn title_to_proto(lang: Lang, text: &str) -> proto::Title {
    proto::Title {
        language: lang.as_str().to_owned(),
        text: text.to_owned(),
    }
}

/// Decodes titles; those in unsupported languages are dropped.
pub(super) fn titles_from_proto(titles: &[proto::Title]) -> impl Iterator<Item = (Lang, String)> {
    titles
        .iter()
        .filter_map(|title| Some((Lang::parse(&title.language)?, title.text.clone())))
}
