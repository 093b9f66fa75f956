//! `GET /v1/rulebook`: the rulebook in force, and those that are stored.

use detente_api::view::RulebookView;
use detente_feed::Failure;
use detente_http::{Format, etag};
use detente_read_model::queries;
use detente_rulebook_store::ProjectionProgress;

use super::error::Reply;
use super::extract::{Address, Current};
use super::reply;

/// JSON, and the file itself.
pub(super) const FORMATS: [Format; 2] = [Format::Json, Format::Toml];

pub(super) async fn rulebook(Current(model): Current, address: Address) -> Reply {
    let ((), negotiated) = address.view(&FORMATS)?;
    let deps = model.deps();
    if negotiated.format == Format::Toml {
        let media_type = Format::Toml.content_type();
        let text = || Ok(deps.rulebook.as_bytes().to_vec());
        return Ok(etag::view(
            &address.headers,
            media_type,
            &&*deps.rulebook,
            text,
        ));
    }
    let state = model.switch_state().clone();
    let mut progress = ProjectionProgress::default();
    if let Some(candidate) = &state.registry.candidate {
        let loaded = ProjectionProgress::load(&deps.connection, &candidate.value).await;
        progress = loaded.map_err(Failure::from)?;
    }
    let view = RulebookView {
        projection: deps.projection.to_string(),
        version: deps.rules.version.clone(),
        toml: deps.rulebook.to_string(),
        rulebooks: queries::rulebooks(&state.registry, progress, Some(state.candidate_folded)),
    };
    Ok(reply::view(&address, &view))
}
