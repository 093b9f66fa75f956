//! Requests that a page of another site makes a browser send, which are refused.
//!
//! A browser sends what any page asks it to, to loopback addresses too, and adds the `Origin` of the
//! page to writes and `Sec-Fetch-Site` to all requests. A page whose own name is made to resolve to
//! this address (DNS rebinding) has the same origin as its requests, so the name itself, in `Host`,
//! counts where no token protects the data. A write needs a `Content-Type` that a browser does not
//! send to other sites without asking first.
//!
//! Browsers do not speak gRPC, so it needs none of this.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use detente_api::refusal::{Code, Refusal};
use detente_auth::Guard;
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::middleware::Origins;
use crate::reply;

/// The site of the page that made a request, as the browser sees it.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// Whether a browser navigates, and what it will do with the answer.
const FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// The media types that a page may send to any site: those of forms.
const FORMS: [&str; 3] = [
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "text/plain",
];

/// The headers of every answer: no guessing of media types, no use by pages of other origins.
const HEADERS: [(HeaderName, HeaderValue); 2] = [
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// The headers of pages that set none of their own: no scripts, no frames.
const PAGE_HEADERS: [(HeaderName, HeaderValue); 2] = [
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    ),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'",
        ),
    ),
];

/// What is known of the server's own names, and who else may call from a browser.
#[derive(Clone, Debug)]
pub(crate) struct OwnSite {
    pub(crate) origins: Origins,
    /// The names, beside loopback ones, under which it is reached.
    pub(crate) hosts: Vec<String>,
    pub(crate) guard: Guard,
}

/// Refuses requests of pages of other sites.
pub(crate) async fn refuse_foreign(
    State(own): State<OwnSite>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = match own.check(&request) {
        Ok(()) => next.run(request).await,
        Err(refusal) => reply::refusal(refusal),
    };
    let form = text(response.headers(), &header::CONTENT_TYPE);
    let is_page = form.is_some_and(|form| form.starts_with("text/html"));
    let page = PAGE_HEADERS.into_iter().filter(|_| is_page);
    for (name, value) in HEADERS.into_iter().chain(page) {
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}

impl OwnSite {
    fn check(&self, request: &Request) -> Result<(), Refusal> {
        let headers = request.headers();
        let authority = request
            .uri()
            .authority()
            .map(|authority| authority.as_str());
        let host = authority.or_else(|| text(headers, &header::HOST));
        let is_open = !self.guard.is_enforced();
        if let Some(host) = host.filter(|host| is_open && !self.is_own(host)) {
            let message = "without tokens, the server is reached by a loopback name or an address";
            let refusal = Refusal::new(Code::ForeignHost, message);
            return Err(refusal.field("Host").value(host));
        }
        self.check_origin(request, host)?;
        check_form(request)
    }

    /// Returns true if a `Host` is an address, a loopback name or one of the own names. An address
    /// cannot be made to resolve to another.
    fn is_own(&self, host: &str) -> bool {
        let name = without_port(host).to_ascii_lowercase();
        let name = name.trim_end_matches('.');
        let address = name.trim_start_matches('[').trim_end_matches(']');
        name == "localhost"
            || name.ends_with(".localhost")
            || address.parse::<Ipv4Addr>().is_ok()
            || address.parse::<Ipv6Addr>().is_ok()
            || self.hosts.iter().any(|own| own.eq_ignore_ascii_case(name))
    }

    fn check_origin(&self, request: &Request, host: Option<&str>) -> Result<(), Refusal> {
        let headers = request.headers();
        let listed = match &self.origins {
            Origins::Any => return Ok(()),
            Origins::Listed(listed) => listed.as_slice(),
            Origins::Own => &[],
        };
        if let Some(origin) = headers.get(header::ORIGIN) {
            let page = origin.to_str().unwrap_or_default();
            let (_, page_host) = page.split_once("://").unwrap_or_default();
            let same = host.is_some_and(|host| host.eq_ignore_ascii_case(page_host));
            if same || listed.contains(origin) {
                return Ok(());
            }
            return Err(foreign_origin("Origin", page));
        }
        let site = text(headers, &FETCH_SITE).unwrap_or("none");
        let opens_page = request.method() == Method::GET
            && text(headers, &FETCH_MODE) == Some("navigate")
            && text(headers, &FETCH_DEST) == Some("document");
        if matches!(site, "none" | "same-origin") || opens_page {
            return Ok(());
        }
        Err(foreign_origin("Sec-Fetch-Site", site))
    }
}

fn foreign_origin(field: &str, given: &str) -> Refusal {
    let message = "a page of another origin may not call this server";
    Refusal::new(Code::ForeignOrigin, message)
        .field(field)
        .value(given)
}

/// Refuses a write with a body whose media type is missing or that of a form.
fn check_form(request: &Request) -> Result<(), Refusal> {
    let headers = request.headers();
    let has_body = headers.contains_key(header::TRANSFER_ENCODING)
        || text(headers, &header::CONTENT_LENGTH).is_some_and(|length| length != "0");
    if !has_body || request.method().is_safe() {
        return Ok(());
    }
    let sent = text(headers, &header::CONTENT_TYPE).unwrap_or_default();
    let media_type = sent.split(';').next().unwrap_or_default().trim();
    let is_form = FORMS
        .iter()
        .any(|form| media_type.eq_ignore_ascii_case(form));
    if !media_type.is_empty() && !is_form {
        return Ok(());
    }
    let message = "a body needs a header Content-Type that says it is JSON";
    let refusal = Refusal::new(Code::UnsupportedMediaType, message);
    Err(refusal
        .field("Content-Type")
        .value(sent)
        .allowed([reply::JSON]))
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Returns a host without its port: `[::1]:80` and `localhost:80`.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_loopback_names_are_own_and_other_names_only_if_listed() {
        let own = OwnSite {
            origins: Origins::Own,
            hosts: vec!["detente.internal".to_owned()],
            guard: Guard::allow_all(),
        };
        for host in [
            "localhost",
            "LOCALHOST:1648",
            "api.localhost:1",
            "127.0.0.1:1648",
            "[::1]:1648",
            "10.0.0.7",
            "detente.internal:80",
            "localhost.",
        ] {
            assert!(own.is_own(host), "{host}");
        }
        for host in [
            "evil.example",
            "localhost.evil.example:1648",
            "127.0.0.1.evil.example",
            "",
            "notlocalhost",
            "detente.internal.evil.example",
        ] {
            assert!(!own.is_own(host), "{host}");
        }
    }
}
