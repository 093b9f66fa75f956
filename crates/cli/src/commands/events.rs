//! `detente events [ID]`: a list of events, or one event with all records about it.

use detente_api::request::{Ends, ParamValue as _};
use detente_api::view::EventLookup;
use detente_domain::kind::Kind;
use detente_domain::party::Party;

use crate::args::{Events, Global};
use crate::exit_code::CliError;
use crate::output::Output;
use crate::render;
use crate::source::{EventsQuery, Source};

pub(super) async fn run(global: &Global, args: &Events, out: &mut Output) -> anyhow::Result<()> {
    let query = query(args)?;
    let source = Source::open(global, &args.read, out)?;
    match args.id {
        Some(id) => {
            let found = source.event(id, args.read.at).await?;
            out.show(&found, |out, found| match found {
                EventLookup::Event(view) => render::event(out, view),
                EventLookup::Pending(view) => render::pending(out, view),
            })?;
        }
        None if args.pending => {
            let page = source.pending(&query).await?;
            out.show(&page, render::all_pending)?;
        }
        None => {
            let page = source.events(&query).await?;
            out.show(&page, render::events)?;
        }
    }
    source.check_complete()
}

fn query(args: &Events) -> Result<EventsQuery, CliError> {
    let country = args.country.as_deref();
    let party = country.map(|given| Party::parse_param("country", given));
    let pair = match args.pair.as_deref() {
        Some([one, other]) => Some(Ends::between(one, other)?.pair),
        _ => None,
    };
    let kind = args.kind.as_deref();
    let kind = kind.map(|given| Kind::parse_param("kind", given));
    Ok(EventsQuery {
        party: party.transpose()?,
        pair,
        kind: kind.transpose()?,
        limit: args.limit,
        from: args.from.clone(),
        oldest: args.oldest,
    })
}
