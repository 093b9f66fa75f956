//! The addresses of the pages.

use axum::Router;
use axum::routing::{get, post};
use detente_domain::party::Lang;
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
    let router = Router::new()
        .route("/", get(lang::choose))
        .route("/assets/{name}", get(assets::asset));
    let router = Lang::ALL
        .into_iter()
        .fold(router, |router, lang| router.merge(pages(lang)));
    router.with_state(site)
}

/// Returns the pages in a language. Each has an address of its own, so that what is no page is
/// refused as on every other route.
fn pages(lang: Lang) -> Router<Site> {
    let at = |page: &str| format!("/{}{page}", lang.as_str());
    Router::new()
        .route(&at(""), get(lang::choose))
        .route(&at("/"), get(board::page))
        .route(&at("/board.svg"), get(board::svg))
        .route(&at("/board.csv"), get(board::csv))
        .route(&at("/map"), get(map::page))
        .route(&at("/map.svg"), get(map::svg))
        .route(&at("/changes"), get(changes::page))
        .route(&at("/countries/{country}"), get(country::page))
        .route(&at("/briefs/{country}"), get(brief::page))
        .route(&at("/relations/{from}/{to}"), get(relation::page))
        .route(
            &at("/relations/{from}/{to}/timeline.svg"),
            get(relation::timeline),
        )
        .route(
            &at("/relations/{from}/{to}/course.svg"),
            get(relation::course),
        )
        .route(
            &at("/relations/{from}/{to}/why/{dimension}"),
            get(why::page),
        )
        .route(
            &at("/relations/{from}/{to}/why/{dimension}/why.svg"),
            get(why::svg),
        )
        .route(&at("/relations/{from}/{to}/diff"), get(diff::page))
        .route(&at("/relations/{from}/{to}/brief"), get(brief::page))
        .route(&at("/events"), get(event::list::page))
        .route(&at("/events/{id}"), get(event::page))
        .route(
            &at("/events/{id}/{amend}"),
            get(event::amend::page).post(event::amend::submit),
        )
        .route(&at("/report"), get(report::page).post(report::submit))
        .route(&at("/methodology"), get(methodology::page))
        .route(&at("/sources"), get(sources::page))
        .route(&at("/sign-in"), get(session::page).post(session::sign_in))
        .route(&at("/sign-out"), post(session::sign_out))
        .route(&at("/{*rest}"), get(error::not_found))
}
