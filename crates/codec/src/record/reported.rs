//! Events as first reported.

use std::collections::BTreeMap;

use detente_domain::event::{Event, EventId};
use detente_domain::party::Lang;
use uuid::Uuid;

use super::{NotUnderstood, act, date, report};
use crate::proto;

pub(super) fn write(event: &Event) -> proto::Reported {
    proto::Reported {
        act: Some(act::write(&event.act)),
        occurred: Some(date::write(&event.occurred)),
        report: Some(report::write(&event.report)),
        title: event
            .title
            .iter()
            .map(|(lang, text)| write_title(*lang, text))
            .collect(),
    }
}

pub(super) fn read(id: Uuid, message: &proto::Reported) -> Result<Event, NotUnderstood> {
    let Some(act) = &message.act else {
        return Err(NotUnderstood {
            what: "an event without an act".to_owned(),
        });
    };
    Ok(Event {
        id: EventId(id),
        act: act::read(act)?,
        occurred: date::required(message.occurred.as_ref())?,
        title: read_titles(&message.title).collect::<BTreeMap<_, _>>(),
        report: report::read(message.report.clone())?,
    })
}

pub(super) fn write_title(lang: Lang, text: &str) -> proto::Title {
    proto::Title {
        language: lang.as_str().to_owned(),
        text: text.to_owned(),
    }
}

/// A title in a language that we do not keep is dropped: it says nothing about what happened.
pub(super) fn read_titles(titles: &[proto::Title]) -> impl Iterator<Item = (Lang, String)> {
    titles
        .iter()
        .filter_map(|title| Some((Lang::parse(&title.language)?, title.text.clone())))
}
