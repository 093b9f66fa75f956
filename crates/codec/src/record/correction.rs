//! Corrections.

use detente_domain::details::{Field, Value};
use detente_domain::event::{EventId, Report};
use detente_domain::party::Party;
use detente_domain::record::{Body, Patch};

use super::{NotUnderstood, act, date, id, non_empty, party, report, reported, unknown};
use crate::proto;
use crate::proto::detail::Value as DetailValue;
use crate::proto::patched_detail::Value as Wire;

pub(super) fn to_proto(event: EventId, patch: &Patch, report: &Report) -> proto::Corrected {
    let parties = |list: &Option<Vec<Party>>| {
        list.as_deref().map(|list| proto::Parties {
            codes: party::to_proto(list),
        })
    };
    let details = patch.details.iter();
    let detail = |(field, value): &(Field, Option<Value>)| proto::PatchedDetail {
        field: field.as_str().to_owned(),
        value: Some(match value.as_ref().map(act::value_to_proto) {
            Some(DetailValue::Text(text)) => Wire::Text(text),
            Some(DetailValue::Count(count)) => Wire::Count(count),
            None => Wire::Cleared(true),
        }),
    };
    let kind = patch.kind.map(|kind| kind.as_str().to_owned());
    proto::Corrected {
        event: id(event.0),
        report: Some(report::to_proto(report)),
        kind: kind.unwrap_or_default(),
        actors: parties(&patch.actors),
        recipients: parties(&patch.recipients),
        occurred: patch.occurred.as_ref().map(date::to_proto),
        details: details.map(detail).collect(),
        title: reported::titles_to_proto(patch.title.iter().map(|(lang, text)| (lang, text))),
    }
}

pub(super) fn from_proto(message: proto::Corrected) -> Result<Body, NotUnderstood> {
    let parties =
        |list: Option<proto::Parties>| list.map(|list| party::from_proto(&list.codes)).transpose();
    let detail = |proto::PatchedDetail { field, value }| {
        let field = act::parse_field(&field)?;
        let value = match value {
            Some(Wire::Text(text)) => Some(DetailValue::Text(text)),
            Some(Wire::Count(count)) => Some(DetailValue::Count(count)),
            Some(Wire::Cleared(_)) => None,
            None => return Err(unknown("a new value of the detail", field.as_str())),
        };
        let value = value.map(|value| act::value_from_proto(field, &value));
        Ok((field, value.transpose()?))
    };
    let kind = non_empty(message.kind).map(|code| act::parse_kind(&code));
    let occurred = message.occurred.as_ref().map(date::from_proto);
    let patch = Patch {
        kind: kind.transpose()?,
        details: message
            .details
            .into_iter()
            .map(detail)
            .collect::<Result<_, _>>()?,
        actors: parties(message.actors)?,
        recipients: parties(message.recipients)?,
        occurred: occurred.transpose()?,
        title: reported::titles_from_proto(message.title).collect(),
    };
    Ok(Body::Corrected {
        event: party::event(&message.event)?,
        patch,
        report: report::from_proto(message.report)?,
    })
}
