//! How a brief is cited: in words, as BibTeX, and by an address that carries both clocks.

use axum::http::{HeaderMap, header};
use detente_read_model::ReadSource as _;
use maud::{Markup, html};

use crate::ask::Ask;
use crate::dates;
use crate::link::address;

/// What is cited.
pub(super) struct Citation<'v> {
    /// The title.
    pub(super) title: &'v str,
    /// The code that BibTeX names it by, such as `TJK-AFG`.
    pub(super) key: &'v str,
    /// The day.
    pub(super) at: &'v str,
    /// The position up to which the log was known.
    pub(super) known_at: u64,
    /// The projection.
    pub(super) projection: &'v str,
}

impl Citation<'_> {
    /// Returns the point of both clocks and the rules, in words.
    pub(super) fn point(&self, ask: &Ask) -> String {
        let args = [
            ("at", dates::words(self.at, ask.texts).into()),
            ("known", self.known_at.to_string().into()),
            ("rulebook", ask.model.rules().version.as_str().into()),
            ("projection", self.projection.into()),
        ];
        ask.texts.with("brief-point", args).into_owned()
    }

    /// Returns the address with both clocks, however the page was asked for.
    fn link(&self, ask: &Ask) -> String {
        let known = self.known_at.to_string();
        let path = address(&ask.path, [("at", self.at), ("known_at", &known)]);
        format!("{}{path}", origin(&ask.headers))
    }

    /// Writes the citation.
    pub(super) fn render(&self, ask: &Ask) -> Markup {
        let texts = ask.texts;
        let link = self.link(ask);
        let day = ask.model.today().to_string();
        let args = [
            ("title", self.title.into()),
            ("point", self.point(ask).into()),
            ("today", dates::words(&day, texts).into()),
        ];
        html! {
            section.citation {
                h2 { (texts.say("brief-cite")) }
                p { (texts.with("brief-chicago", args)) " " a dir="ltr" href=(link) { (link) } }
                details.noprint {
                    summary { "BibTeX" }
                    pre dir="ltr" tabindex="0" { code { (self.bibtex(ask, &link, &day)) } }
                }
            }
        }
    }

    fn bibtex(&self, ask: &Ask, link: &str, today: &str) -> String {
        let year = self.at.get(..4).unwrap_or_default();
        format!(
            "@misc{{detente-{}-{}-{},\n  title = {{{}}},\n  author = {{{{Detente}}}},\n  year = {{{year}}},\n  \
             note = {{{}}},\n  url = {{{link}}},\n  urldate = {{{today}}}\n}}",
            self.key,
            self.at,
            self.known_at,
            escaped(self.title),
            escaped(&self.point(ask)),
        )
    }
}

/// Escapes what TeX would not print.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '{' | '}' | '&' | '%' | '$' | '#' | '_') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

/// Returns scheme and authority as the reader sees them; empty if the request does not say.
fn origin(headers: &HeaderMap) -> String {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(host) = text(header::HOST) else {
        return String::new();
    };
    let forwarded = headers.get("x-forwarded-proto");
    let is_secure =
        forwarded.is_some_and(|scheme| scheme.as_bytes().eq_ignore_ascii_case(b"https"));
    format!("{}://{host}", if is_secure { "https" } else { "http" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_of_the_host_that_the_reader_asked() {
        let mut headers = HeaderMap::new();
        assert_eq!(origin(&headers), "");
        headers.insert(header::HOST, "detente.example".parse().expect("a header"));
        assert_eq!(origin(&headers), "http://detente.example");
        headers.insert("x-forwarded-proto", "https".parse().expect("a header"));
        assert_eq!(origin(&headers), "https://detente.example");
    }

    #[test]
    fn signs_of_tex_are_escaped() {
        assert_eq!(escaped("a_b & {c} 5%"), "a\\_b \\& \\{c\\} 5\\%");
    }
}
