//! The language of a page: that of its address, or else the one that the browser prefers.

use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use detente_domain::party::Lang;

/// Leads to the board, in the language that the browser prefers. It keeps the query.
pub(crate) async fn choose(headers: HeaderMap, uri: Uri) -> Response {
    let lang = of_path(uri.path()).unwrap_or_else(|| preferred(&headers));
    let query = uri.query().map(|query| format!("?{query}"));
    let to = format!("/{}/{}", lang.as_str(), query.unwrap_or_default());
    (
        [(header::VARY, "Accept-Language")],
        Redirect::temporary(&to),
    )
        .into_response()
}

/// Returns the language that a path begins with.
pub(crate) fn of_path(path: &str) -> Option<Lang> {
    Lang::parse(path.split('/').nth(1)?)
}

/// Returns the language of highest quality in `Accept-Language`; English without a preference.
pub(crate) fn preferred(headers: &HeaderMap) -> Lang {
    let accept = headers.get(header::ACCEPT_LANGUAGE);
    let accept = accept.and_then(|accept| accept.to_str().ok()).unwrap_or("");
    let mut best = (Lang::En, 0.0);
    for range in accept.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let tag = parts.next().unwrap_or_default().to_ascii_lowercase();
        let Some(lang) = tag.split('-').next().and_then(Lang::parse) else {
            continue;
        };
        let quality = parts.find_map(|part| part.strip_prefix("q=")?.parse().ok());
        let quality: f32 = quality.unwrap_or(1.0);
        if quality > best.1 {
            best = (lang, quality);
        }
    }
    best.0
}

/// Returns the direction of its script, as HTML names it.
pub(crate) const fn direction(lang: Lang) -> &'static str {
    match lang {
        Lang::Ar => "rtl",
        Lang::En | Lang::Ru => "ltr",
    }
}

/// Returns its own name.
pub(crate) const fn own_name(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "English",
        Lang::Ar => "العربية",
        Lang::Ru => "Русский",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_of_highest_quality_is_chosen() {
        for (accept, lang) in [
            ("", Lang::En),
            ("de, fr;q=0.5", Lang::En),
            ("ar", Lang::Ar),
            ("AR-EG,en;q=0.9", Lang::Ar),
            ("en;q=0.3, ru-RU;q=0.8, ar;q=0.5", Lang::Ru),
            ("ru;q=nonsense", Lang::Ru),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, accept.parse().expect("a header"));
            assert_eq!(preferred(&headers), lang, "{accept}");
        }
    }
}
