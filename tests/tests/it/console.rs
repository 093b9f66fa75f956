//! The console as a browser uses it: signing in, the forms that write, and the headers of pages.

mod amending;
mod board;
mod hazards;
mod headers;
mod reporting;
mod sign_in;

use crate::auth::NewToken;
use detente_tests::product::{Product, TIMEOUT};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, Url};

/// A browser on one server: it says where its forms come from, keeps the cookie, and does not follow
/// redirects.
struct Browser {
    client: Client,
    http: String,
    cookie: Option<String>,
}

impl Browser {
    fn new(product: &Product) -> Self {
        Self::at(&product.http)
    }

    fn at(http: &str) -> Self {
        let client = Client::builder().redirect(Policy::none()).build();
        Self {
            client: client.unwrap(),
            http: http.to_owned(),
            cookie: None,
        }
    }

    /// Opens a browser that has signed in.
    async fn signed_in(product: &Product, made: &NewToken) -> Self {
        let mut browser = Self::new(product);
        let response = browser.sign_in(&made.token, "").await;
        assert_eq!(response.status(), 303);
        browser.cookie = Some(cookie_of(&response));
        browser
    }

    async fn sign_in(&self, token: &str, next: &str) -> Response {
        let form = [("token", token), ("next", next)];
        self.post("/en/sign-in", &form).await
    }

    fn request(&self, method: reqwest::Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.http));
        let request = request.timeout(TIMEOUT);
        match &self.cookie {
            Some(cookie) => request.header("cookie", format!("theme=dark; {cookie}")),
            None => request,
        }
    }

    async fn get(&self, path: &str) -> Response {
        let request = self.request(reqwest::Method::GET, path);
        request.send().await.unwrap()
    }

    /// Gets a page, and expects a 200.
    async fn page(&self, path: &str) -> String {
        let response = self.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        response.text().await.unwrap()
    }

    /// Prepares a form without saying where it comes from.
    fn form(&self, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let encoded = Url::parse_with_params("http://form/", fields).unwrap();
        let request = self.request(reqwest::Method::POST, path);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        request.body(encoded.query().unwrap_or_default().to_owned())
    }

    /// Sends a form of a page of the server.
    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let form = self.form(path, fields).header("origin", &self.http);
        form.send().await.unwrap()
    }
}

/// Returns the cookie that an answer sets, as a browser sends it back.
fn cookie_of(response: &Response) -> String {
    let set = response.headers()["set-cookie"].to_str().unwrap();
    set.split(';').next().unwrap_or_default().to_owned()
}

/// Returns where an answer leads to.
fn location(response: &Response) -> String {
    assert_eq!(response.status(), 303);
    response.headers()["location"].to_str().unwrap().to_owned()
}

/// Returns the value of a hidden field of a page.
fn hidden(page: &str, name: &str) -> String {
    let start = format!("type=\"hidden\" name=\"{name}\" value=\"");
    let (_, rest) = page
        .split_once(&start)
        .unwrap_or_else(|| panic!("no field {name}: {page}"));
    rest.split('"').next().unwrap_or_default().to_owned()
}

/// Returns fields with the id and the digest that a page has given them, and a further step.
fn confirmed<'a>(
    fields: &[(&'a str, &'a str)],
    id: &'a str,
    seen: &'a str,
    step: &'a str,
) -> Vec<(&'a str, &'a str)> {
    let given = [("id", id), ("seen", seen), ("step", step)];
    fields.iter().copied().chain(given).collect()
}
