//! The addresses of the pages.

use axum::Router;
use axum::routing::{get, post};
use detente_ingest::Gateway;
use detente_read_model::ReadModels;

use crate::clocks::FirstDay;
use crate::{
    assets, board, brief, changes, country, diff, error, event, lang, map, methodology, relation,
    report, session, sources, why,
};

/// What the pages are made from.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    /// Answers every question.
    pub(crate) models: ReadModels,
    /// Takes reports; `None` where nothing is appended, and pages have no forms then.
    pub(crate) gateway: Option<Gateway>,
    /// The first day of the log, as far as it was looked for.
    pub(crate) first: FirstDay,
}

/// Returns the routes of the console: `/`, `/{lang}/…` and `/assets/…`.
///
/// Without a gateway, pages have no forms that report or amend.
pub fn router(models: ReadModels, gateway: Option<Gateway>) -> Router {
    let first = FirstDay::default();
    let site = Site {
        models,
        gateway,
        first,
    };
    Router::new()
        .route("/", get(lang::choose))
        .route("/assets/{name}", get(assets::asset))
        .route("/{lang}", get(lang::choose))
        .route("/{lang}/", get(board::page))
        .route("/{lang}/board.svg", get(board::svg))
        .route("/{lang}/map", get(map::page))
        .route("/{lang}/map.svg", get(map::svg))
        .route("/{lang}/changes", get(changes::page))
        .route("/{lang}/countries/{country}", get(country::page))
        .route("/{lang}/briefs/{country}", get(brief::page))
        .route("/{lang}/relations/{from}/{to}", get(relation::page))
        .route(
            "/{lang}/relations/{from}/{to}/timeline.svg",
            get(relation::timeline),
        )
        .route(
            "/{lang}/relations/{from}/{to}/why/{dimension}",
            get(why::page),
        )
        .route(
            "/{lang}/relations/{from}/{to}/why/{dimension}/why.svg",
            get(why::svg),
        )
        .route("/{lang}/relations/{from}/{to}/diff", get(diff::page))
        .route("/{lang}/relations/{from}/{to}/brief", get(brief::page))
        .route("/{lang}/events", get(event::list::page))
        .route("/{lang}/events/{id}", get(event::page))
        .route(
            "/{lang}/events/{id}/{amend}",
            get(event::amend::page).post(event::amend::submit),
        )
        .route("/{lang}/report", get(report::page).post(report::submit))
        .route("/{lang}/methodology", get(methodology::page))
        .route("/{lang}/sources", get(sources::page))
        .route("/{lang}/sign-in", get(session::page).post(session::sign_in))
        .route("/{lang}/sign-out", post(session::sign_out))
        .route("/{lang}/{*rest}", get(error::not_found))
        .with_state(site)
}
