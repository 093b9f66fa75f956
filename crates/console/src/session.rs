//! Signing in by a token, which a cookie keeps, and out.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::{Extension, Form};
use detente_auth::Role;
use detente_domain::party::Lang;
use detente_http::{Identity, TOKEN_COOKIE};
use maud::{Markup, html};

use crate::ask::Ask;
use crate::form::{Fields, is_over_tls};
use crate::link::address;
use crate::shell::{self, Page};

/// The longest time for which a browser keeps a token, in seconds: a working day.
const MAX_AGE: u32 = 8 * 60 * 60;

/// What the reader is told of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Note {
    /// None was sent.
    None,
    /// The one that was sent is unknown or revoked.
    Wrong,
}

/// Answers with the form, or with who is signed in.
pub(crate) async fn page(ask: Ask, Extension(identity): Extension<Identity>) -> Response {
    let note = if identity.has_token() && ask.caller.is_err() {
        Note::Wrong
    } else {
        Note::None
    };
    let next = ask.get("next").ok().flatten().unwrap_or_default();
    let body = body(&ask, note, own_path(next));
    shell::response(&ask, StatusCode::OK, &Page::new(title(&ask), body))
}

/// Signs in, if the token is good, and leads on.
pub(crate) async fn sign_in(
    ask: Ask,
    Extension(identity): Extension<Identity>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Response {
    let fields = Fields::new(sent);
    let next = own_path(fields.get("next"));
    let token = fields.get("token");
    let caller = identity.guard().authenticate_token(Some(token));
    match caller {
        Ok(caller) if caller.token().is_some() => {
            let cookie = cookie(token, MAX_AGE, is_over_tls(&ask.headers));
            let to = next.map_or_else(|| home(&ask), str::to_owned);
            with_cookie(&ask, &to, &cookie)
        }
        // No token is needed.
        Ok(_) => Redirect::to(next.unwrap_or(&home(&ask))).into_response(),
        Err(_) => {
            let body = body(&ask, Note::Wrong, next);
            shell::response(
                &ask,
                StatusCode::UNAUTHORIZED,
                &Page::new(title(&ask), body),
            )
        }
    }
}

/// Signs out: the browser forgets the token, which stays good.
pub(crate) async fn sign_out(ask: Ask, Form(_): Form<Vec<(String, String)>>) -> Response {
    let cookie = cookie("", 0, is_over_tls(&ask.headers));
    let to = format!("/{}/sign-in", ask.lang.as_str());
    with_cookie(&ask, &to, &cookie)
}

/// Leads to the form, and back afterwards.
pub(crate) fn lead(ask: &Ask) -> Response {
    let form = format!("/{}/sign-in", ask.lang.as_str());
    let next = ask.here(&[]);
    Redirect::to(&address(&form, [("next", next.as_str())])).into_response()
}

/// Writes who is signed in, with the way out; nothing where no token is needed.
pub(crate) fn badge(ask: &Ask) -> Markup {
    let texts = ask.texts;
    let caller = ask.caller.as_ref().ok();
    html! {
        @if let Some(caller) = caller.filter(|caller| caller.token().is_some()) {
            form.session method="post" action={ "/" (ask.lang.as_str()) "/sign-out" } {
                span {
                    (texts.say("session-as")) " " bdi { (caller.name()) }
                    " (" (role(ask, caller.role())) ")"
                }
                " "
                button { (texts.say("session-out")) }
            }
        }
    }
}

/// Returns the name of a role.
fn role(ask: &Ask, role: Role) -> std::borrow::Cow<'static, str> {
    ask.texts.say(match role {
        Role::Reader => "role-reader",
        Role::Reporter => "role-reporter",
        Role::Editor => "role-editor",
        Role::Admin => "role-admin",
    })
}

fn title(ask: &Ask) -> std::borrow::Cow<'static, str> {
    ask.texts.say("session-title")
}

fn home(ask: &Ask) -> String {
    format!("/{}/", ask.lang.as_str())
}

fn body(ask: &Ask, note: Note, next: Option<&str>) -> Markup {
    let texts = ask.texts;
    if let Ok(caller) = &ask.caller {
        return html! {
            @match caller.token() {
                None => p { (texts.say("session-open")) },
                Some(_) => (badge(ask)),
            }
            p { a href=(next.unwrap_or(&home(ask))) { (texts.say("session-on")) } }
        };
    }
    html! {
        @if note == Note::Wrong { p.refusals role="alert" { (texts.say("session-wrong")) } }
        form.fields method="post" action={ "/" (ask.lang.as_str()) "/sign-in" } {
            @if let Some(next) = next { input type="hidden" name="next" value=(next); }
            div.field {
                label for="f-token" { (texts.say("session-token")) }
                input type="password" #f-token name="token" required dir="ltr" spellcheck="false"
                    autocomplete="current-password" aria-describedby="f-token-help";
                p.help #f-token-help { (texts.say("session-help")) }
            }
            button { (texts.say("session-in")) }
        }
        @if let Some(next) = next.filter(|_| note == Note::None) {
            p.help { (texts.say("session-strict")) " " a href=(next) { (texts.say("session-on")) } }
        }
    }
}

/// Returns an address of a page of this site; `None` for any other text.
fn own_path(next: &str) -> Option<&str> {
    let lang = next.strip_prefix('/')?.split(['/', '?']).next()?;
    let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
    (Lang::parse(lang).is_some() && next.bytes().all(is_plain)).then_some(next)
}

/// Writes the cookie: no script sees it, and no page of another site has it sent.
fn cookie(token: &str, max_age: u32, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    format!("{TOKEN_COOKIE}={token}; HttpOnly; SameSite=Strict; Path=/; Max-Age={max_age}{secure}")
}

fn with_cookie(ask: &Ask, to: &str, cookie: &str) -> Response {
    let Ok(mut cookie) = HeaderValue::from_str(cookie) else {
        // A token that was found has plain letters alone.
        return lead(ask);
    };
    cookie.set_sensitive(true);
    ([(header::SET_COOKIE, cookie)], Redirect::to(to)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_this_site_are_led_to() {
        for own in [
            "/en",
            "/en/",
            "/ar/relations/TJK/AFG?at=2023-01-01",
            "/ru?x=1",
            "/en//x",
        ] {
            assert_eq!(own_path(own), Some(own));
        }
        for other in [
            "",
            "/",
            "en/",
            "//evil.example/en/",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example/en/",
            "javascript:alert(1)",
            "/en\\evil",
            "/en/\r\nset-cookie: a=b",
            "/en/\u{202e}",
            "/en/ x",
            "/v1/events",
            "/\t/evil.example",
            "/english",
        ] {
            assert_eq!(own_path(other), None, "{other:?}");
        }
    }

    #[test]
    fn the_cookie_is_kept_from_scripts_and_other_sites() {
        assert_eq!(
            cookie("detente_1_2", 60, true),
            "detente_token=detente_1_2; HttpOnly; SameSite=Strict; Path=/; Max-Age=60; Secure"
        );
        assert!(!cookie("x", 60, false).contains("Secure"));
    }
}
