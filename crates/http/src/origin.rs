//! Requests that a page of another site makes a browser send, which are refused.
//!
//! A browser sends what any page asks it to, to loopback addresses too, and adds the `Origin` of the
//! page to writes and `Sec-Fetch-Site` to all requests. A page whose own name is made to resolve to
//! this address (DNS rebinding) has the same origin as its requests, so the name itself, in `Host`,
//! counts where no token protects the data. A write needs a `Content-Type` that a browser does not
//! send to other sites without asking first. A form of one of the server's own pages is the
//! exception: it must say that it is one, by its `Origin` or by `Sec-Fetch-Site`, and so must every
//! request whose token is in a cookie.
//!
//! Browsers do not speak gRPC, so it needs none of this.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use detente_api::refusal::{Code, Refusal};
use detente_auth::Guard;
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::media_type::not_json;
use crate::middleware::Origins;
use crate::reply;

/// The site of the page that made a request, as the browser sees it.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// Whether a browser navigates, and what it will do with the answer.
const FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// The media type of the forms of pages.
const FORM: &str = "application/x-www-form-urlencoded";
/// The media types that a page may send to any site: those of forms.
const FORMS: [&str; 3] = [FORM, "multipart/form-data", "text/plain"];

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

/// The paths of the API, which takes no forms.
const API: &str = "/v1";

/// Marks a request that comes from no page of another origin; an extension of it. A write has it only
/// if it says that it comes from a page of this server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OwnPage;

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
    mut request: Request,
    next: Next,
) -> Response {
    let mut response = match own.check(&request) {
        Ok(own_page) => {
            if let Some(own_page) = own_page {
                request.extensions_mut().insert(own_page);
            }
            next.run(request).await
        }
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
    /// Refuses a request of another site. Returns the mark of one that may have its token in a cookie.
    fn check(&self, request: &Request) -> Result<Option<OwnPage>, Refusal> {
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
        let says_own = says_own_page(headers, host);
        check_form(request, says_own)?;
        let is_own =
            says_own || (request.method().is_safe() && check_foreign(request, host).is_ok());
        Ok(is_own.then_some(OwnPage))
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
        let listed = match &self.origins {
            Origins::Any => return Ok(()),
            Origins::Listed(listed) => listed.as_slice(),
            Origins::Own => &[],
        };
        let origin = request.headers().get(header::ORIGIN);
        if origin.is_some_and(|origin| listed.contains(origin)) {
            return Ok(());
        }
        check_foreign(request, host)
    }
}

/// Refuses a request of a page of another origin.
fn check_foreign(request: &Request, host: Option<&str>) -> Result<(), Refusal> {
    let headers = request.headers();
    if let Some(origin) = headers.get(header::ORIGIN) {
        if is_own_origin(origin, host) {
            return Ok(());
        }
        return Err(foreign_origin(
            "Origin",
            origin.to_str().unwrap_or_default(),
        ));
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

fn is_own_origin(origin: &HeaderValue, host: Option<&str>) -> bool {
    let page = origin.to_str().unwrap_or_default();
    let (_, page_host) = page.split_once("://").unwrap_or_default();
    host.is_some_and(|host| host.eq_ignore_ascii_case(page_host))
}

/// Returns true if a request says that it comes from a page of this server. What an old browser does
/// not say is not taken for granted; what a new one says of a page of the same host, over plain HTTP,
/// counts against it.
fn says_own_page(headers: &HeaderMap, host: Option<&str>) -> bool {
    let site = headers.get(FETCH_SITE);
    let site = site.map(|site| site == "same-origin");
    match headers.get(header::ORIGIN) {
        Some(origin) => is_own_origin(origin, host) && site.unwrap_or(true),
        None => site.unwrap_or(false),
    }
}

fn foreign_origin(field: &str, given: &str) -> Refusal {
    let message = "a page of another origin may not call this server";
    Refusal::new(Code::ForeignOrigin, message)
        .field(field)
        .value(given)
}

/// Refuses a write with a body whose media type is missing or that of a form, unless it is a form of
/// a page of this server, for its pages.
fn check_form(request: &Request, says_own: bool) -> Result<(), Refusal> {
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
    if media_type.eq_ignore_ascii_case(FORM) && !is_api(request.uri().path()) {
        let message = "a form must say that it comes from a page of this server";
        let refusal = Refusal::new(Code::ForeignOrigin, message).field("Origin");
        return says_own.then_some(()).ok_or(refusal);
    }
    Err(not_json(sent))
}

/// Returns true for a path of the API.
fn is_api(path: &str) -> bool {
    let rest = path.strip_prefix(API);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
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

    fn site(origins: Origins) -> OwnSite {
        OwnSite {
            origins,
            hosts: Vec::new(),
            guard: Guard::allow_all(),
        }
    }

    fn request(method: Method, path: &str, headers: &[(&str, &str)]) -> Request {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in [("host", "127.0.0.1:1648"), ("content-length", "3")]
            .iter()
            .chain(headers)
        {
            request = request.header(*name, *value);
        }
        request.body(axum::body::Body::empty()).expect("a request")
    }

    type Headers = &'static [(&'static str, &'static str)];

    const OWN: (&str, &str) = ("origin", "http://127.0.0.1:1648");
    const SAME: (&str, &str) = ("sec-fetch-site", "same-origin");
    const CROSS: (&str, &str) = ("sec-fetch-site", "cross-site");
    const EVIL: (&str, &str) = ("origin", "https://evil.example");
    const FORM_TYPE: (&str, &str) = ("content-type", FORM);
    const JSON_TYPE: (&str, &str) = ("content-type", "application/json");

    #[test]
    fn only_a_form_that_says_it_is_of_an_own_page_is_let_in_and_not_to_the_api() {
        let cases: [(&str, Headers, Option<Code>); 9] = [
            ("/en/report", &[FORM_TYPE, OWN], None),
            ("/en/report", &[FORM_TYPE, SAME], None),
            ("/en/report", &[FORM_TYPE, OWN, SAME], None),
            // The same host over plain HTTP is another origin.
            (
                "/en/report",
                &[FORM_TYPE, OWN, CROSS],
                Some(Code::ForeignOrigin),
            ),
            ("/en/report", &[FORM_TYPE], Some(Code::ForeignOrigin)),
            (
                "/en/report",
                &[("content-type", "text/plain"), OWN],
                Some(Code::UnsupportedMediaType),
            ),
            (
                "/en/report",
                &[("content-type", "multipart/form-data"), OWN],
                Some(Code::UnsupportedMediaType),
            ),
            (
                "/v1/events",
                &[FORM_TYPE, OWN],
                Some(Code::UnsupportedMediaType),
            ),
            ("/v1", &[FORM_TYPE, OWN], Some(Code::UnsupportedMediaType)),
        ];
        for (path, headers, refused) in cases {
            // Where any page may call, forms are of own pages nevertheless.
            for origins in [Origins::Own, Origins::Any] {
                let checked = site(origins).check(&request(Method::POST, path, headers));
                let code = checked.err().map(|refusal| refusal.code);
                assert_eq!(code, refused, "{path} {headers:?}");
            }
        }
    }

    #[test]
    fn a_cookie_counts_for_own_pages_alone() {
        let cases: [(Method, Headers, bool); 8] = [
            (Method::GET, &[], true),
            (Method::GET, &[OWN], true),
            (Method::GET, &[EVIL], false),
            (Method::GET, &[CROSS], false),
            (Method::POST, &[JSON_TYPE, OWN], true),
            (Method::POST, &[JSON_TYPE], false),
            (Method::POST, &[JSON_TYPE, EVIL], false),
            (
                Method::DELETE,
                &[JSON_TYPE, ("sec-fetch-site", "none")],
                false,
            ),
        ];
        for (method, headers, counts) in cases {
            let asked = request(method.clone(), "/v1/changes", headers);
            let checked = site(Origins::Any).check(&asked).expect("any page may call");
            assert_eq!(checked.is_some(), counts, "{method} {headers:?}");
        }
        let listed = vec![HeaderValue::from_static("https://evil.example")];
        let asked = request(Method::POST, "/v1/events", &[JSON_TYPE, EVIL]);
        let checked = site(Origins::Listed(listed)).check(&asked).expect("listed");
        assert!(checked.is_none());
    }
}
