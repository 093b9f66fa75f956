//! `GET /v1/rulebook`: the rules that every level rests on, and those that are to follow.

use super::Current;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use detente_api::view::RulebookView;
use detente_http::{Form, tag};
use detente_rulebook_store::shelf::Built;

use super::params::{Params, VIEW};
use super::reply::{self, Reply};
use detente_feed::error::Failure;
use detente_read_model::queries;
use detente_read_model::read_model::Query;

/// JSON, and the file itself.
pub(super) const FORMS: [Form; 2] = [Form::Json, Form::Toml];

pub(super) async fn rulebook(
    State(Current(query)): State<Current>,
    uri: Uri,
    headers: HeaderMap,
) -> Reply {
    let params = Params::read(&uri, &[&VIEW])?;
    let wanted = params.wanted(&headers, &FORMS)?;
    let deps = &query.parts().deps;
    if wanted.form == Form::Toml {
        let media_type = Form::Toml.content_type();
        let text = || Ok(deps.rulebook.as_bytes().to_vec());
        return Ok(tag::view(&headers, media_type, &&*deps.rulebook, text));
    }
    let switching = query.parts().switching.borrow().clone();
    let mut built = Built::default();
    if let Some(candidate) = &switching.standing.candidate {
        let looked = Built::look(&deps.connection, &candidate.value).await;
        built = looked.map_err(Failure::from)?;
    }
    let view = RulebookView {
        projection: deps.projection.to_string(),
        version: deps.rules.version.clone(),
        toml: deps.rulebook.to_string(),
        shelf: queries::shelf(&switching.standing, built, Some(switching.folded)),
    };
    Ok(reply::view(&headers, &view))
}
