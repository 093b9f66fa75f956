//! A filter as a subscription: commands that are ready to be copied.

use axum::http::header;
use detente_api::request::FilterRequest;
use detente_feed::Filter;
use maud::{Markup, html};
use serde_json::{Map, Value};

use crate::ask::Ask;

/// The address of a receiver, to be replaced.
const RECEIVER: &str = "https://example.org/changes";

/// Writes the subscriptions of a filter.
pub(super) fn render(ask: &Ask, request: &FilterRequest, filter: &Filter) -> Markup {
    let texts = ask.texts;
    let with_token = ask
        .caller
        .as_ref()
        .is_ok_and(|caller| caller.token().is_some());
    let server = server(ask);
    let watch = watch(request, filter, &server);
    html! {
        section #subscribe .subscribe {
            h2 { (texts.say("subscribe-title")) }
            p.hint { (texts.say("subscribe-hint")) }
            (command(ask, "sse", &stream(request, &server, with_token)))
            @match watch {
                Some(watch) => (command(ask, "watch", &watch)),
                None => p { (texts.say("subscribe-no-watch")) },
            }
            (command(ask, "webhook", &create(request, &server)))
            (command(ask, "json", &pretty(request)))
            (command(ask, "post", &post(request, &server, with_token)))
        }
    }
}

fn command(ask: &Ask, name: &str, text: &str) -> Markup {
    let texts = ask.texts;
    html! {
        h3 { (texts.say(&format!("subscribe-{name}"))) }
        div.command {
            pre #{ "command-" (name) } dir="ltr" tabindex="0" data-origin { (text) }
            button type="button" data-script hidden data-copy={ "#command-" (name) } data-done=(texts.say("copied")) { (texts.say("copy")) }
        }
    }
}

/// Returns the address of this server, as the browser calls it. The script puts the scheme right.
fn server(ask: &Ask) -> String {
    let host = ask
        .headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let is_plain = |host: &&str| {
        let mut letters = host.chars();
        letters.all(|letter| letter.is_ascii_alphanumeric() || ".-:[]".contains(letter))
    };
    let host = host.filter(is_plain).unwrap_or("localhost");
    format!("http://{host}")
}

/// Quotes a word for a POSIX shell, where that is needed.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "_-./:=,@%+".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// The header of a token, which the shell takes from the environment.
const fn token(with_token: bool) -> &'static str {
    if with_token {
        " -H \"Authorization: Bearer $DETENTE_TOKEN\""
    } else {
        ""
    }
}

fn stream(request: &FilterRequest, server: &str, with_token: bool) -> String {
    let query = super::query(request);
    let query = if query.is_empty() {
        query
    } else {
        format!("{query}&")
    };
    let url = quoted(&format!("{server}/v1/changes?{query}from=now"));
    let token = token(with_token);
    format!("curl -N -H 'Accept: text/event-stream'{token} {url}")
}

/// Returns the flags that the commands share. The value is joined to the flag, so that it may begin
/// with a dash.
fn flags(request: &FilterRequest, expression: Option<&str>) -> Vec<String> {
    let topics = request.dimension.iter().chain(&request.register);
    let flag = |name: &str, value: &str| format!("--{name}={}", quoted(value));
    let topics = topics.map(|topic| flag("dimension", topic));
    let occasions = request.occasion.iter().map(|value| flag("occasion", value));
    let directions = request
        .direction
        .iter()
        .map(|value| flag("direction", value));
    let expression = expression.map(|expression| flag("filter", expression));
    topics
        .chain(occasions)
        .chain(directions)
        .chain(expression)
        .collect()
}

/// Returns `detente watch` with a filter; `None` if it has no flag for a part of it.
fn watch(request: &FilterRequest, filter: &Filter, server: &str) -> Option<String> {
    if !request.party.is_empty() {
        return None;
    }
    let mut words = vec!["detente".to_owned(), "watch".to_owned()];
    let relations = relations(filter);
    if relations.is_none() {
        words.extend(request.country.iter().map(|country| quoted(country)));
    }
    let expression = match (&relations, &request.filter) {
        (Some(relations), Some(own)) => Some(format!("({relations}) && ({own})")),
        (relations, own) => relations.as_ref().or(own.as_ref()).cloned(),
    };
    words.extend(flags(request, expression.as_deref()));
    words.push(format!("--server={}", quoted(server)));
    Some(words.join(" "))
}

/// Returns the relations of a filter as an expression, if it names any by both ends: the command has
/// no flag for these.
fn relations(filter: &Filter) -> Option<String> {
    if filter.pairs.is_empty() {
        return None;
    }
    let list = |codes: Vec<String>| {
        let codes: Vec<String> = codes.iter().map(|code| format!("\"{code}\"")).collect();
        format!("[{}]", codes.join(", "))
    };
    let pairs = list(filter.pairs.iter().map(ToString::to_string).collect());
    let pairs = format!("change.relation in {pairs}");
    if filter.countries.is_empty() {
        return Some(pairs);
    }
    let countries = filter.countries.iter().map(|party| party.code().to_owned());
    let countries = list(countries.collect());
    Some(format!(
        "{pairs} || change.a in {countries} || change.b in {countries}"
    ))
}

fn create(request: &FilterRequest, server: &str) -> String {
    let mut words = vec!["detente webhook create".to_owned(), RECEIVER.to_owned()];
    for (name, values) in [
        ("country", &request.country),
        ("party", &request.party),
        ("pair", &request.pair),
    ] {
        words.extend(
            values
                .iter()
                .map(|value| format!("--{name}={}", quoted(value))),
        );
    }
    words.extend(flags(request, request.filter.as_deref()));
    words.push(format!("--server={}", quoted(server)));
    words.join(" ")
}

/// Returns the body of the request that creates the webhook.
fn body(request: &FilterRequest) -> Value {
    let mut body = Map::new();
    body.insert("url".to_owned(), RECEIVER.into());
    if let Ok(Value::Object(filter)) = serde_json::to_value(request) {
        body.extend(filter);
    }
    Value::Object(body)
}

fn pretty(request: &FilterRequest) -> String {
    serde_json::to_string_pretty(&body(request)).unwrap_or_default()
}

fn post(request: &FilterRequest, server: &str, with_token: bool) -> String {
    let body = quoted(&body(request).to_string());
    let token = token(with_token);
    let url = quoted(&format!("{server}/v1/webhooks"));
    format!("curl -H 'Content-Type: application/json'{token} -d {body} {url}")
}

#[cfg(test)]
mod tests {
    use detente_feed::Expression;

    use super::*;

    const SERVER: &str = "http://127.0.0.1:7000";

    fn request() -> FilterRequest {
        FilterRequest {
            country: vec!["AFG".to_owned()],
            pair: vec!["UZB-TJK".to_owned()],
            register: vec!["missions".to_owned()],
            filter: Some("change.key.city == 'Khorog' || true".to_owned()),
            ..FilterRequest::default()
        }
    }

    #[test]
    fn what_a_shell_would_read_is_quoted() {
        assert_eq!(quoted("--dimension=a.b/c"), "--dimension=a.b/c");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("$(rm)"), "'$(rm)'");
        assert_eq!(quoted("a'b"), "'a'\\''b'");
    }

    #[test]
    fn a_stream_has_the_filter_in_its_address() {
        assert_eq!(
            stream(&FilterRequest::default(), SERVER, false),
            "curl -N -H 'Accept: text/event-stream' 'http://127.0.0.1:7000/v1/changes?from=now'"
        );
        let with_token = stream(&request(), SERVER, true);
        assert!(with_token.contains("-H \"Authorization: Bearer $DETENTE_TOKEN\" "));
        assert!(with_token.contains("?country=AFG&pair=UZB-TJK&register=missions&filter=change.key.city%20%3D%3D%20%27Khorog%27"));
    }

    #[test]
    fn a_watch_names_pairs_in_its_expression() {
        let filter = Filter::parse(&request()).unwrap();
        let expression = relations(&filter).unwrap();
        assert_eq!(
            expression,
            "change.relation in [\"TJK-UZB\"] || change.a in [\"AFG\"] || change.b in [\"AFG\"]"
        );
        let own = request().filter.unwrap();
        let both = format!("({expression}) && ({own})");
        assert!(Expression::parse(&both).is_ok());
        let watch = watch(&request(), &filter, SERVER).unwrap();
        assert_eq!(
            watch,
            format!(
                "detente watch --dimension=missions --filter={} --server={SERVER}",
                quoted(&both)
            )
        );
    }

    #[test]
    fn a_filter_by_party_is_no_watch() {
        let request = FilterRequest {
            party: vec!["TALIBAN".to_owned()],
            ..FilterRequest::default()
        };
        let filter = Filter::parse(&request).unwrap();
        assert_eq!(watch(&request, &filter, SERVER), None);
        assert!(create(&request, SERVER).contains(" --party=TALIBAN "));
    }

    #[test]
    fn a_webhook_is_created_from_the_same_fields() {
        assert_eq!(
            body(&request()),
            serde_json::json!({
                "url": RECEIVER, "country": ["AFG"], "pair": ["UZB-TJK"], "register": ["missions"],
                "filter": "change.key.city == 'Khorog' || true"
            })
        );
        let create = create(&request(), SERVER);
        assert!(create.starts_with("detente webhook create https://example.org/changes --country=AFG --pair=UZB-TJK --dimension=missions --filter='change"));
    }
}
