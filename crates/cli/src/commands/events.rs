//! `detente events [ID]`: a list of events, or one with all that was said about it.

use detente_api::Refusal;
use detente_api::parse;
use detente_api::view::Shown;
use detente_domain::kind::Kind;
use detente_read_model::queries;

use crate::args::{Events, Global, Output};
use crate::exit::Fault;
use crate::source::{EventsQuery, Source};
use crate::{Out, show};

pub(super) async fn run(global: &Global, args: &Events, out: &mut Out) -> anyhow::Result<()> {
    let query = query(args)?;
    let mut source = Source::open(global, &args.read, out)?;
    match args.id {
        Some(id) => {
            let shown = source.event(id, args.read.at).await?;
            match (out.form(), &shown) {
                (Output::Json, shown) => out.json(shown)?,
                (Output::Table, Shown::Event(view)) => {
                    let text = show::event(out, view);
                    out.text(&text)?;
                }
                (Output::Table, Shown::Pending(view)) => {
                    let text = show::pending(out, view);
                    out.text(&text)?;
                }
            }
        }
        None if args.pending => {
            let page = source.pending(&query).await?;
            match out.form() {
                Output::Json => out.json(&page)?,
                Output::Table => {
                    let text = show::all_pending(out, &page);
                    out.text(&text)?;
                }
            }
        }
        None => {
            let page = source.events(&query).await?;
            match out.form() {
                Output::Json => out.json(&page)?,
                Output::Table => {
                    let text = show::events(out, &page);
                    out.text(&text)?;
                }
            }
        }
    }
    super::whole(&source)
}

fn query(args: &Events) -> Result<EventsQuery, Fault> {
    let party = args
        .country
        .as_deref()
        .map(|given| parse::party("country", given))
        .transpose()?;
    let pair = match args.pair.as_deref() {
        Some([one, other]) => Some(parse::ends(one, other)?.pair),
        _ => None,
    };
    let parse = |code: &str| Kind::parse(code).ok_or_else(|| Refusal::unknown_kind("kind", code));
    Ok(EventsQuery {
        party,
        pair,
        kind: args.kind.as_deref().map(parse).transpose()?,
        limit: args.limit,
        from: args.from.clone(),
        oldest: args.oldest,
    })
}
