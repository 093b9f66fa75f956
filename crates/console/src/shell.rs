//! What all pages have in common: the head, the navigation, the clocks, the foot and the headers.

use std::borrow::Cow;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use detente_api::text;
use detente_domain::party::{Lang, Party};
use maud::{DOCTYPE, Markup, html};

use crate::ask::Ask;
use crate::assets::{SCRIPT, STYLE};
use crate::clocks::ClockBar;
use crate::lang::{direction, own_name};

/// Nothing is loaded from elsewhere, nothing inline is run or styled, and no other site frames a page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A page without its shell.
pub(crate) struct Page {
    /// The title.
    title: Cow<'static, str>,
    /// The content, after the heading.
    body: Markup,
    /// The clocks that the page is of, if it has any.
    clocks: Option<ClockBar>,
    /// The filter of the changes that the page shows, as the query of the feed; `None` if it stays as
    /// it is. An empty one stands for the relation or the country of the path.
    follows: Option<String>,
    /// True if the content has a heading of its own.
    has_heading: bool,
}

impl Page {
    /// Creates a page without clocks.
    pub(crate) fn new(title: impl Into<Cow<'static, str>>, body: Markup) -> Self {
        Self {
            title: title.into(),
            body,
            clocks: None,
            follows: None,
            has_heading: false,
        }
    }

    /// Adds the two clocks.
    pub(crate) fn at(mut self, clocks: ClockBar) -> Self {
        self.clocks = Some(clocks);
        self
    }

    /// Has the page asked for again when something changes that it may show.
    pub(crate) fn live(self) -> Self {
        self.following(String::new())
    }

    /// Has the page asked for again when something changes that fits a filter, which is a query of
    /// the feed, such as `country=AFG`.
    pub(crate) fn following(mut self, filter: String) -> Self {
        self.follows = Some(filter);
        self
    }

    /// Leaves the heading to the content.
    pub(crate) const fn with_own_heading(mut self) -> Self {
        self.has_heading = true;
        self
    }
}

/// The pages of the navigation: address and text.
const NAVIGATION: [(&str, &str); 4] = [
    ("", "nav-board"),
    ("map", "nav-map"),
    ("changes", "nav-changes"),
    ("report", "nav-report"),
];

/// Answers with a page.
pub(crate) fn response(ask: &Ask, status: StatusCode, page: &Page) -> Response {
    let headers: [(HeaderName, HeaderValue); 5] = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(POLICY),
        ),
        // Forms of the own site tell their origin, others learn nothing.
        (
            header::REFERRER_POLICY,
            HeaderValue::from_static("same-origin"),
        ),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-cache, private"),
        ),
        (
            header::CONTENT_LANGUAGE,
            HeaderValue::from_static(ask.lang.as_str()),
        ),
    ];
    let document = document(ask, page).into_string();
    (status, headers, text::markup(&document).into_owned()).into_response()
}

fn document(ask: &Ask, page: &Page) -> Markup {
    let texts = ask.texts;
    html! {
        (DOCTYPE)
        html lang=(ask.lang.as_str()) dir=(direction(ask.lang)) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (page.title) " · Detente" }
                link rel="stylesheet" href=(STYLE.path());
                link rel="icon" href="data:,";
                @for lang in Lang::ALL {
                    link rel="alternate" hreflang=(lang.as_str()) href=(ask.in_language(lang));
                }
                script type="module" src=(SCRIPT.path()) {}
            }
            body {
                a.skip href="#content" { (texts.say("skip")) }
                (banner(ask))
                @if let Some(clocks) = &page.clocks { (clocks.render(ask)) }
                main #content tabindex="-1" data-live=[follows(ask, page)] data-cursor=[page.follows.as_ref().map(|_| &ask.cursor)] {
                    @if !page.has_heading { h1 { (page.title) } }
                    (page.body)
                }
                p #said .unseen role="status" {}
                (foot(ask))
            }
        }
    }
}

/// Returns the filter of the changes that a page shows.
fn follows(ask: &Ask, page: &Page) -> Option<String> {
    let filter = page.follows.as_ref()?;
    if !filter.is_empty() {
        return Some(filter.clone());
    }
    let of = |name| Party::resolve(ask.params.segment(name)).map(Party::code);
    Some(match (of("from"), of("to"), of("country")) {
        (Some(from), Some(to), _) => format!("pair={from}-{to}"),
        (_, _, Some(country)) => format!("country={country}"),
        _ => String::new(),
    })
}

fn banner(ask: &Ask) -> Markup {
    let texts = ask.texts;
    html! {
        header.banner {
            a.brand href=(ask.href("", &[])) { "Detente" }
            nav aria-label=(texts.say("nav")) {
                ul {
                    @for (page, key) in NAVIGATION {
                        @let is_here = ask.path == format!("/{}/{page}", ask.lang.as_str());
                        li {
                            a href=(ask.href(page, &[])) aria-current=[is_here.then_some("page")] {
                                (texts.say(key))
                            }
                        }
                    }
                }
            }
            nav.languages aria-label=(texts.say("languages")) {
                ul {
                    @for lang in Lang::ALL {
                        li {
                            a href=(ask.in_language(lang)) lang=(lang.as_str()) hreflang=(lang.as_str())
                                aria-current=[(lang == ask.lang).then_some("true")] {
                                (own_name(lang))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn foot(ask: &Ask) -> Markup {
    let texts = ask.texts;
    html! {
        footer.foot {
            p { (texts.say("foot")) }
            (crate::session::badge(ask))
            ul {
                li { a href=(ask.href("methodology", &[])) { (texts.say("foot-methodology")) } }
                li { a href=(ask.href("sources", &[])) { (texts.say("foot-sources")) } }
                li { a href=(ask.href("events", &[])) { (texts.say("events-title")) } }
                li { a href="/v1/docs" { (texts.say("foot-api")) } }
            }
        }
    }
}
