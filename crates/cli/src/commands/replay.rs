//! `detente replay`: changes again, in the order in which they happened or became known.
//!
//! The frames come from a server or from files. The pace is kept here in both cases, so that a
//! person can pause and step.

mod keys;
mod player;

use std::io::IsTerminal as _;

use detente_api::request::{DirectedPair, ReplayClock, ReplayRequest};
use detente_api::view::ReplayFrame;
use detente_client::{ReplayEvent, StreamExt as _};
use detente_feed::Filter;
use tokio::sync::mpsc;

use crate::args::{Global, OutputFormat, Replay, optional, param};
use crate::exit_code::{CliError, succeed_if};
use crate::lifecycle::Lifecycle;
use crate::output::Output;
use crate::source::{FileSource, client, with_exit_code};
use keys::Keys;
use player::Player;

/// The number of events that are read ahead.
const READ_AHEAD: usize = 256;

type Events = mpsc::Receiver<anyhow::Result<ReplayEvent>>;

pub(super) async fn run(global: &Global, args: &Replay, out: &mut Output) -> anyhow::Result<()> {
    let request = request(args)?;
    let speed = optional("speed", args.speed.as_deref())?;
    let filter = Filter::parse(&request.filter).map_err(CliError::from)?;
    let lifecycle = Lifecycle::of_process()?;
    let as_json = out.format() == OutputFormat::Json || !out.is_terminal();
    let (events, refused) = if args.read.file.is_empty() {
        (from_server(global, &request)?, 0)
    } else {
        from_files(args, &request, filter, out)?
    };
    let is_interactive = !as_json && std::io::stdin().is_terminal();
    let keys = is_interactive.then(Keys::open).transpose()?;
    let player = Player::new(events, speed, as_json, args.read.lang);
    tokio::select! {
        played = player.play(keys, out) => played?,
        () = lifecycle.shutdown.cancelled() => {}
    }
    succeed_if(refused == 0)
}

fn request(args: &Replay) -> Result<ReplayRequest, CliError> {
    if args.read.at.is_some() {
        let message = "--at: a replay has a first and a last day; give --from and --to";
        return Err(CliError::Usage(message.to_owned()));
    }
    let mut filter = args.topics.request();
    // Two countries name one relation, as in the other commands.
    if let [one, other] = &*args.countries {
        let (from, to) = DirectedPair::between(one, other)?.states();
        filter.pair = vec![format!("{}-{}", from.code(), to.code())];
    } else {
        filter.country.clone_from(&args.countries);
    }
    let request = ReplayRequest {
        from: args.from,
        to: args.to,
        clock: Some(param("clock", &args.clock)?),
        known_at: args.read.known_at,
        filter,
        ..ReplayRequest::default()
    };
    request.days()?;
    Ok(request)
}

/// Reads a replay of a server ahead.
fn from_server(global: &Global, request: &ReplayRequest) -> anyhow::Result<Events> {
    let mut replay = client(global, None)?.replay(request);
    let (sender, events) = mpsc::channel(READ_AHEAD);
    tokio::spawn(async move {
        while let Some(event) = replay.next().await {
            if sender.send(event.map_err(with_exit_code)).await.is_err() {
                return;
            }
        }
    });
    Ok(events)
}

/// Returns the frames of files, and the number of refused rows.
fn from_files(
    args: &Replay,
    request: &ReplayRequest,
    filter: Filter,
    out: &mut Output,
) -> anyhow::Result<(Events, usize)> {
    let by_known = request.clock == Some(ReplayClock::Known);
    if by_known && (args.speed.is_some() || args.from.is_some() || args.to.is_some()) {
        let message = "--clock known: the rows of a file have no times; leave out --speed, --from \
                       and --to, or use --clock valid";
        return Err(CliError::Usage(message.to_owned()).into());
    }
    let file = FileSource::open(&args.read, out)?;
    let refused = file.refused();
    let replayed: Box<dyn Iterator<Item = ReplayFrame> + Send> = if by_known {
        Box::new(file.replay_known(filter))
    } else {
        Box::new(file.replay(filter, request.days().map_err(CliError::from)?))
    };
    let (sender, events) = mpsc::channel(READ_AHEAD);
    tokio::task::spawn_blocking(move || {
        for event in replayed.map(ReplayEvent::Changes) {
            if sender.blocking_send(Ok(event)).is_err() {
                return;
            }
        }
    });
    Ok((events, refused))
}
