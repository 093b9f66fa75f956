//! `GET /v1/replay`: past changes again, at a given speed, as resumable server-sent events.

mod frames;
mod player;

use axum::Extension;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use detente_api::request::{ReplayClock, ReplayRequest};
use detente_feed::Filter;
use detente_http::CallerStreams;
use detente_read_model::ReadSource;

use super::error::Reply;
use super::extract::{Address, Current};
use super::sse;
use player::Player;

pub(super) async fn replay(
    Current(model): Current,
    Extension(streams): Extension<CallerStreams>,
    address: Address,
) -> Reply {
    let request: ReplayRequest = address.stream()?;
    let filter = Filter::parse(&request.filter)?;
    let days = request.days()?;
    let last = address.last_event_id()?;
    let head = model.head(request.min_position.unwrap_or(0)).await?;
    let known = match request.known_at {
        Some(known) => model.position("known_at", known, head).await?,
        None => head,
    };
    // Its frames are derived for this reader alone.
    let permit = streams.open_computed()?;
    let replay = match request.clock.unwrap_or_default() {
        ReplayClock::Valid => frames::by_valid_day(&model, filter, days, known, last, head).await,
        ReplayClock::Known => frames::as_published(&model, filter, days, known, last).await,
    };
    let replay = match replay {
        Ok(replay) => replay,
        Err(error) => return sse::refused(error, last),
    };
    if replay.is_over {
        // In the standard, a 204 means that the client must not reconnect.
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let player = Player::new(model, replay, request.speed);
    Ok(player.into_response(permit))
}
