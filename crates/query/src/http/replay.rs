//! `GET /v1/replay`: past changes again, at a given speed, as resumable server-sent events.

mod frames;
mod player;

use axum::http::StatusCode;
use axum::response::IntoResponse;
use detente_api::request::{ReplayClock, ReplayRequest};
use detente_feed::Filter;
use detente_read_model::ReadSource;

use super::error::Reply;
use super::extract::{Address, Current};
use player::Player;

pub(super) async fn replay(Current(model): Current, address: Address) -> Reply {
    let request: ReplayRequest = address.parse()?;
    let filter = Filter::parse(&request.filter)?;
    let days = request.days()?;
    let last = address.last_event_id();
    let head = model.head(request.min_position.unwrap_or(0)).await?;
    let known = match request.known_at {
        Some(known) => model.position("known_at", known, head).await?,
        None => head,
    };
    let replay = match request.clock.unwrap_or_default() {
        ReplayClock::Valid => frames::by_valid_day(&model, filter, days, known, last, head).await,
        ReplayClock::Known => frames::as_published(&model, filter, days, known, last).await,
    }?;
    if replay.is_over {
        // In the standard, a 204 means that the client must not reconnect.
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(Player::new(model, replay, request.speed).into_response())
}
