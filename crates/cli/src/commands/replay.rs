//! `detente replay`: changes once more, in the order in which they were so or came to be known.
//!
//! Frames come from a server, or from files that are folded here; the pace is kept here in both
//! cases, so that a person can pause and step.

mod keys;
mod player;
mod remote;

use detente_api::parse;
use std::io::IsTerminal as _;

use detente_api::parse::Topic;
use detente_domain::state::Occasion;
use detente_feed::Filter;
use detente_read_model::pace::Speed;
use detente_read_model::queries::{self, ReplayClock, Replayed, Span};
use tokio::sync::mpsc;

use crate::args::{Global, Output, Replay};
use crate::exit::Fault;
use crate::lifecycle::Lifecycle;
use crate::source::FileBook;
use crate::{Out, args};
use keys::Keys;
use player::Player;

/// The frames that are read ahead.
const AHEAD: usize = 256;

/// What is replayed, read and checked.
struct Asked {
    filter: Filter,
    span: Span,
    clock: ReplayClock,
    speed: Option<Speed>,
}

pub(super) async fn run(global: &Global, args: &Replay, out: &mut Out) -> anyhow::Result<()> {
    let asked = asked(args)?;
    let lifecycle = Lifecycle::of_process()?;
    let terminal = std::io::stdout().is_terminal();
    let as_json = out.form() == Output::Json || !terminal;
    let (frames, refused) = if args.read.file.is_empty() {
        let (sender, frames) = mpsc::channel(AHEAD);
        remote::send(global, args, &asked, sender)?;
        (frames, false)
    } else {
        of_files(args, &asked, out)?
    };
    let is_watched = !as_json && std::io::stdin().is_terminal();
    let keys = if is_watched {
        Some(Keys::open()?)
    } else {
        None
    };
    let player = Player::new(frames, asked.speed, as_json);
    let played = tokio::select! {
        played = player.play(keys, out) => played,
        () = lifecycle.soft.cancelled() => Ok(()),
    };
    played?;
    if refused {
        return Err(Fault::Told.into());
    }
    Ok(())
}

fn asked(args: &Replay) -> Result<Asked, Fault> {
    if args.read.at.is_some() {
        let message = "--at: a replay has a first and a last day; give --from and --to";
        return Err(Fault::Usage(message.to_owned()));
    }
    let state = |given: &String| parse::state("country", given);
    let mut filter = Filter::default();
    // Two codes are the ends of one relation, as everywhere.
    if let [one, other] = &*args.countries {
        let ends = parse::ends(one, other)?;
        filter.pairs.insert(ends.pair);
    } else {
        filter.countries = args.countries.iter().map(state).collect::<Result<_, _>>()?;
    }
    let topics = args.dimension.iter().map(|given| Topic::parse(given));
    filter.topics = topics.collect::<Result<_, _>>()?;
    for given in &args.occasion {
        let all = [Occasion::Happened, Occasion::Learned, Occasion::Lapsed];
        let found = all.into_iter().find(|one| one.as_str() == given);
        let refused = || {
            let allowed = all.map(Occasion::as_str).join(", ");
            Fault::Usage(format!("--occasion {given}: a change is one of {allowed}"))
        };
        filter.occasions.push(found.ok_or_else(refused)?);
    }
    Ok(Asked {
        filter,
        span: Span::new(args.from, args.to)?,
        clock: ReplayClock::parse(&args.clock)?,
        speed: args.speed.as_deref().map(Speed::parse).transpose()?,
    })
}

type Frames = mpsc::Receiver<anyhow::Result<Replayed>>;

fn of_files(args: &Replay, asked: &Asked, out: &mut Out) -> anyhow::Result<(Frames, bool)> {
    let known = asked.clock == ReplayClock::Known;
    if known && (asked.speed.is_some() || args.from.is_some() || args.to.is_some()) {
        let message = "--clock known: a file has rows and no times; leave out --speed, --from and \
                       --to, or give --clock valid";
        return Err(Fault::Usage(message.to_owned()).into());
    }
    let read = args::Read {
        at: None,
        ..args.read.clone()
    };
    let mut book = FileBook::open(&read, out)?;
    let replayed = match asked.clock {
        ReplayClock::Valid => book.replay(&asked.filter, asked.span),
        ReplayClock::Known => book.told(&asked.filter),
    };
    let (sender, frames) = mpsc::channel(replayed.len().max(1));
    for frame in replayed {
        // There is room for all of them.
        let _ = sender.try_send(Ok(frame));
    }
    Ok((frames, book.refused() > 0))
}
