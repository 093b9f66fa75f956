//! Records about another record: corroborations, disputes, corrections.

use detente_domain::event::{EventId, Report};
use detente_domain::party::Party;
use detente_domain::record::{Body, Patch};

use super::act::{self, Written};
use super::{NotUnderstood, date, party, report, reported, unknown};
use crate::proto;
use crate::proto::patched_detail::Value as Wire;

fn id(event: EventId) -> Vec<u8> {
    event.0.as_bytes().to_vec()
}

pub(super) fn write_corroborated(event: EventId, report: &Report) -> proto::Corroborated {
    proto::Corroborated {
        event: id(event),
        report: Some(report::write(report)),
    }
}

pub(super) fn read_corroborated(message: proto::Corroborated) -> Result<Body, NotUnderstood> {
    Ok(Body::Corroborated {
        event: party::event(&message.event)?,
        report: report::read(message.report)?,
    })
}

pub(super) fn write_disputed(
    event: EventId,
    by: Option<Party>,
    report: &Report,
    claim: Option<&str>,
) -> proto::Disputed {
    proto::Disputed {
        event: id(event),
        by: by.map_or_else(String::new, |party| party.code().to_owned()),
        report: Some(report::write(report)),
        claim: claim.unwrap_or_default().to_owned(),
    }
}

pub(super) fn read_disputed(message: proto::Disputed) -> Result<Body, NotUnderstood> {
    Ok(Body::Disputed {
        event: party::event(&message.event)?,
        by: report::some(message.by)
            .map(|code| party::find(&code))
            .transpose()?,
        report: report::read(message.report)?,
        claim: report::some(message.claim),
    })
}

pub(super) fn write_corrected(event: EventId, patch: &Patch, report: &Report) -> proto::Corrected {
    let parties = |list: &Option<Vec<Party>>| {
        list.as_deref().map(|list| proto::Parties {
            codes: party::write(list),
        })
    };
    proto::Corrected {
        event: id(event),
        report: Some(report::write(report)),
        kind: patch
            .kind
            .map_or_else(String::new, |kind| kind.code().to_owned()),
        actors: parties(&patch.actors),
        recipients: parties(&patch.recipients),
        occurred: patch.occurred.as_ref().map(date::write),
        details: patch
            .details
            .iter()
            .map(|(field, value)| proto::PatchedDetail {
                field: field.as_str().to_owned(),
                value: Some(match value.as_ref().map(act::write_value) {
                    Some(Written::Text(text)) => Wire::Text(text),
                    Some(Written::Count(count)) => Wire::Count(count),
                    None => Wire::Cleared(true),
                }),
            })
            .collect(),
        title: patch
            .title
            .iter()
            .map(|(lang, text)| reported::write_title(*lang, text))
            .collect(),
    }
}

pub(super) fn read_corrected(message: proto::Corrected) -> Result<Body, NotUnderstood> {
    let parties =
        |list: Option<proto::Parties>| list.map(|list| party::read(&list.codes)).transpose();
    let details = message
        .details
        .iter()
        .map(|proto::PatchedDetail { field, value }| {
            let field = act::read_field(field)?;
            let value = match value {
                Some(Wire::Text(text)) => Some(act::read_text(field, text)?),
                Some(Wire::Count(count)) => Some(act::read_count(field, *count)?),
                Some(Wire::Cleared(_)) => None,
                None => return Err(unknown("a new value of the detail", field.as_str())),
            };
            Ok((field, value))
        });
    let patch = Patch {
        kind: report::some(message.kind)
            .map(|code| act::read_kind(&code))
            .transpose()?,
        details: details.collect::<Result<_, _>>()?,
        actors: parties(message.actors)?,
        recipients: parties(message.recipients)?,
        occurred: message.occurred.as_ref().map(date::read).transpose()?,
        title: reported::read_titles(&message.title).collect(),
    };
    Ok(Body::Corrected {
        event: party::event(&message.event)?,
        patch,
        report: report::read(message.report)?,
    })
}
