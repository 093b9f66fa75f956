//! The list of events, the newest first.

use axum::response::Response;
use detente_api::request::{EventsRequest, Order, PageLimit, ParamValue as _, Request as _};
use detente_feed::Error;
use detente_read_model::{ReadRequest as _, ReadSource as _};
use maud::{Markup, html};

use crate::ask::Ask;
use crate::cite::Cite;
use crate::clocks::ClockBar;
use crate::link::CLOCKS;
use crate::report::kinds::options;
use crate::shell::Page;

/// The events of a page.
const PAGE: &str = "50";

/// Answers with the list.
pub(crate) async fn page(ask: Ask) -> Response {
    let page = view(&ask).await;
    ask.answer(page)
}

async fn view(ask: &Ask) -> Result<Page, Error> {
    ask.require_reader()?;
    let mut request = EventsRequest::parse(&ask.params)?;
    request.order.get_or_insert(Order::Newest);
    if request.page.limit.is_none() {
        request.page.limit = Some(PageLimit::parse_param("limit", PAGE)?);
    }
    let events = request.answer(&ask.model).await?;
    let at = request.clocks.at.unwrap_or_else(|| ask.model.today());
    let known = events.known_at.unwrap_or_default();
    let clocks = ClockBar::of(ask, &at.to_string(), known).await?;
    let body = html! {
        (filter(ask))
        @if events.items.is_empty() { p.empty { (ask.texts.say("events-none")) } }
        ol.cites {
            @for event in &events.items { li { (Cite::from(event).render(ask)) } }
        }
        @if let Some(next) = &events.next {
            p.parts { a href=(ask.here(&[("from", next)])) { (ask.texts.say("list-older")) } }
        }
    };
    Ok(Page::new(ask.texts.say("events-title"), body).at(clocks))
}

fn filter(ask: &Ask) -> Markup {
    let texts = ask.texts;
    let value = |name| ask.get(name).ok().flatten().unwrap_or_default();
    html! {
        form.controls method="get" action=(ask.path) {
            @for (name, value) in ask.params.pairs().filter(|(name, _)| CLOCKS.contains(name)) {
                input type="hidden" name=(name) value=(value);
            }
            label {
                span { (texts.say("events-party")) }
                input type="text" name="country" value=(value("country")) dir="auto" autocomplete="off";
            }
            label {
                span { (texts.say("events-pair")) }
                input type="text" name="pair" value=(value("pair")) placeholder="AFG-TJK" dir="ltr" autocomplete="off";
            }
            label {
                span { (texts.say("report-kind")) }
                select name="kind" {
                    option value="" { (texts.say("events-all-kinds")) }
                    (options(ask, value("kind")))
                }
            }
            button { (texts.say("events-apply")) }
        }
    }
}
