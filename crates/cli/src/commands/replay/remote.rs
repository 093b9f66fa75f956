//! Frames of a server: read ahead, while the pace is kept here.

use detente_api::view::Replayed;
use detente_client::{Filter, Replay as Asking};
use futures_util::StreamExt as _;
use tokio::sync::mpsc;

use super::Asked;
use crate::args::{Global, Replay};
use crate::source::{client, told};

type Sender = mpsc::Sender<anyhow::Result<Replayed>>;

/// Sends all frames, and what ended them if it was no good end.
pub(super) fn send(
    global: &Global,
    args: &Replay,
    asked: &Asked,
    sender: Sender,
) -> anyhow::Result<()> {
    let client = client(global, None)?;
    let mut frames = client.replay(&filter(asked), &asking(args, asked));
    tokio::spawn(async move {
        while let Some(frame) = frames.next().await {
            // Whoever has gone need not be told.
            if sender.send(told(frame)).await.is_err() {
                return;
            }
        }
    });
    Ok(())
}

fn filter(asked: &Asked) -> Filter {
    let mut filter = Filter::all();
    for pair in &asked.filter.pairs {
        filter = filter.pair(format!("{}-{}", pair.a().code(), pair.b().code()));
    }
    for country in &asked.filter.countries {
        filter = filter.country(country.code());
    }
    for topic in &asked.filter.topics {
        filter = filter.dimension(topic.as_str());
    }
    for occasion in &asked.filter.occasions {
        filter = filter.occasion(occasion.as_str());
    }
    filter
}

fn asking(args: &Replay, asked: &Asked) -> Asking {
    let mut asking = Asking::default().clock(asked.clock.as_str());
    if let Some(from) = args.from {
        asking = asking.from(from.to_string());
    }
    if let Some(to) = args.to {
        asking = asking.to(to.to_string());
    }
    if let Some(known) = args.read.known_at {
        asking = asking.known_at(known.to_string());
    }
    asking
}
