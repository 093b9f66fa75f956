//! Corroborations, disputes and corrections.

use detente_domain::event::{EventId, Report};
use detente_domain::party::Party;
use detente_domain::record::{Body, Patch};

use super::{NotUnderstood, act, date, id, party, report, reported, unknown};
use crate::proto;
use crate::proto::detail::Value as DetailValue;
use crate::proto::patched_detail::Value as Wire;

pub(super) fn corroborated_to_proto(event: EventId, report: &Report) -> proto::Corroborated {
    proto::Corroborated {
        event: id(event.0),
        report: Some(report::to_proto(report)),
    }
}

pub(super) fn corroborated_from_proto(message: proto::Corroborated) -> Result<Body, NotUnderstood> {
    Ok(Body::Corroborated {
        event: party::event(&message.event)?,
        report: report::from_proto(message.report)?,
    })
}

pub(super) fn disputed_to_proto(
    event: EventId,
    by: Option<Party>,
    report: &Report,
    claim: Option<&str>,
) -> proto::Disputed {
    proto::Disputed {
        event: id(event.0),
        by: by.map_or_else(String::new, |party| party.code().to_owned()),
        report: Some(report::to_proto(report)),
        claim: claim.unwrap_or_default().to_owned(),
    }
}

pub(super) fn disputed_from_proto(message: proto::Disputed) -> Result<Body, NotUnderstood> {
    Ok(Body::Disputed {
        event: party::event(&message.event)?,
        by: report::some(message.by)
            .map(|code| party::find(&code))
            .transpose()?,
        report: report::from_proto(message.report)?,
        claim: report::some(message.claim),
    })
}

pub(super) fn corrected_to_proto(
    event: EventId,
    patch: &Patch,
    report: &Report,
) -> proto::Corrected {
    let parties = |list: &Option<Vec<Party>>| {
        list.as_deref().map(|list| proto::Parties {
            codes: party::to_proto(list),
        })
    };
    proto::Corrected {
        event: id(event.0),
        report: Some(report::to_proto(report)),
        kind: patch
            .kind
            .map_or_else(String::new, |kind| kind.code().to_owned()),
        actors: parties(&patch.actors),
        recipients: parties(&patch.recipients),
        occurred: patch.occurred.as_ref().map(date::to_proto),
        details: patch
            .details
            .iter()
            .map(|(field, value)| proto::PatchedDetail {
                field: field.as_str().to_owned(),
                value: Some(match value.as_ref().map(act::value_to_proto) {
                    Some(DetailValue::Text(text)) => Wire::Text(text),
                    Some(DetailValue::Count(count)) => Wire::Count(count),
                    None => Wire::Cleared(true),
                }),
            })
            .collect(),
        title: patch
            .title
            .iter()
            .map(|(lang, text)| reported::title_to_proto(*lang, text))
            .collect(),
    }
}

pub(super) fn corrected_from_proto(message: proto::Corrected) -> Result<Body, NotUnderstood> {
    let parties =
        |list: Option<proto::Parties>| list.map(|list| party::from_proto(&list.codes)).transpose();
    let details = message
        .details
        .iter()
        .map(|proto::PatchedDetail { field, value }| {
            let field = act::parse_field(field)?;
            let value = match value {
                Some(Wire::Text(text)) => Some(act::parse_text(field, text)?),
                Some(Wire::Count(count)) => Some(act::parse_count(field, *count)?),
                Some(Wire::Cleared(_)) => None,
                None => return Err(unknown("a new value of the detail", field.as_str())),
            };
            Ok((field, value))
        });
    let patch = Patch {
        kind: report::some(message.kind)
            .map(|code| act::parse_kind(&code))
            .transpose()?,
        details: details.collect::<Result<_, _>>()?,
        actors: parties(message.actors)?,
        recipients: parties(message.recipients)?,
        occurred: message
            .occurred
            .as_ref()
            .map(date::from_proto)
            .transpose()?,
        title: reported::titles_from_proto(&message.title).collect(),
    };
    Ok(Body::Corrected {
        event: party::event(&message.event)?,
        patch,
        report: report::from_proto(message.report)?,
    })
}
