//! `detente events [ID]`: a list of events, or one event with all records about it.

use detente_api::request::{
    DirectedPair, EventRequest, EventsRequest, Order, PageRequest, PendingRequest,
};
use detente_api::view::EventLookup;
use detente_domain::event::EventId;

use crate::args::{Events, Global, optional};
use crate::exit_code::CliError;
use crate::output::Output;
use crate::render;
use crate::source::Source;

pub(super) async fn run(global: &Global, args: &Events, out: &mut Output) -> anyhow::Result<()> {
    let request = request(args)?;
    let source = Source::open(global, &args.read, out)?;
    let EventsRequest { clocks, page, .. } = request;
    let lang = args.read.lang;
    match args.id.map(EventId) {
        Some(id) => {
            let lookup = source.event(&EventRequest { id, clocks, page }).await?;
            out.show(&lookup, |out, lookup| match lookup {
                EventLookup::Event(view) => render::event(out, view, lang),
                EventLookup::Pending(view) => render::pending(out, view, lang),
            })?;
        }
        None if args.pending => {
            let page = source.pending(&PendingRequest { clocks, page }).await?;
            out.show(&page, |out, page| render::all_pending(out, page, lang))?;
        }
        None => {
            let page = source.events(request).await?;
            out.show(&page, |out, page| render::events(out, page, lang))?;
        }
    }
    source.check_complete()
}

fn request(args: &Events) -> Result<EventsRequest, CliError> {
    let pair = match args.pair.as_deref() {
        Some([one, other]) => Some(DirectedPair::between(one, other)?.pair),
        _ => None,
    };
    let order = if args.oldest {
        Order::Oldest
    } else {
        Order::Newest
    };
    Ok(EventsRequest {
        clocks: args.read.clocks(),
        country: optional("country", args.country.as_deref())?,
        pair,
        kind: optional("kind", args.kind.as_deref())?,
        page: PageRequest {
            limit: Some(args.limit),
            from: optional("from", args.from.as_deref())?,
        },
        order: Some(order),
        pending: None,
    })
}
