//! Which form of an answer a client wants: the parameter `format`, or else the header `Accept`.

use axum::http::{HeaderMap, header};
use detente_api::refusal::{Code, Refusal};

/// A form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One JSON value.
    Json,
    /// One JSON value a line.
    Ndjson,
    /// A table: RFC 4180.
    Csv,
    /// A page for people.
    Markdown,
    /// The rulebook's own file.
    Toml,
    /// Server-sent events.
    EventStream,
}

/// The form that a client wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The form.
    pub form: Form,
    /// A table begins with a byte order mark, by which spreadsheets know UTF-8.
    pub bom: bool,
}

/// What a client may say about the form, as parameters of the address.
pub const PARAMETERS: [&str; 2] = ["format", "bom"];

impl Form {
    /// The word in the parameter `format`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
            Self::Markdown => "markdown",
            Self::Toml => "toml",
            Self::EventStream => "sse",
        }
    }

    /// The media type that is asked for.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Ndjson => "application/x-ndjson",
            Self::Csv => "text/csv",
            Self::Markdown => "text/markdown",
            Self::Toml => "application/toml",
            Self::EventStream => "text/event-stream",
        }
    }

    /// The media type that is answered.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Ndjson => "application/x-ndjson",
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Toml => "application/toml; charset=utf-8",
            Self::EventStream => "text/event-stream",
        }
    }
}

impl Wanted {
    /// What is wanted of the forms that an answer has; the first is given to whoever does not care.
    ///
    /// # Errors
    /// `not_acceptable` where none of them is, `bad_query` for a parameter that is not understood.
    pub fn of(
        headers: &HeaderMap,
        format: Option<&str>,
        bom: Option<&str>,
        offered: &[Form],
    ) -> Result<Self, Refusal> {
        let form = match format {
            Some(word) => named(word, offered)?,
            None => accepted(headers, offered)?,
        };
        let bom = match bom {
            None | Some("false") => false,
            Some("true") => true,
            Some(given) => {
                let refusal = Refusal::new(Code::BadQuery, "bom is true or false");
                return Err(refusal.field("bom").given(given).allowed(["true", "false"]));
            }
        };
        Ok(Self { form, bom })
    }
}

fn named(word: &str, offered: &[Form]) -> Result<Form, Refusal> {
    let form = offered.iter().find(|form| form.as_str() == word);
    form.copied().ok_or_else(|| {
        let refusal = Refusal::new(Code::BadQuery, "this is not given in that form");
        let refusal = refusal.field("format").given(word);
        refusal.allowed(offered.iter().map(|form| form.as_str()))
    })
}

/// The form with the highest quality; of equals, the one offered first.
fn accepted(headers: &HeaderMap, offered: &[Form]) -> Result<Form, Refusal> {
    let accept = headers.get_all(header::ACCEPT).iter();
    let accept: Vec<&str> = accept.filter_map(|held| held.to_str().ok()).collect();
    let accept = accept.join(",");
    let ranges: Vec<(String, u16)> = accept.split(',').filter_map(range).collect();
    let first = offered.first().copied().unwrap_or(Form::Json);
    if ranges.is_empty() {
        return Ok(first);
    }
    let (mut best, mut most) = (None, 0);
    for form in offered {
        let quality = quality(form.media_type(), &ranges);
        if quality > most {
            (best, most) = (Some(*form), quality);
        }
    }
    best.ok_or_else(|| {
        let refusal = Refusal::new(Code::NotAcceptable, "this is not given in such a form");
        let refusal = refusal.field("Accept").given(&accept);
        refusal.allowed(offered.iter().map(|form| form.media_type()))
    })
}

/// A media range, and its quality in thousandths.
fn range(text: &str) -> Option<(String, u16)> {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().filter(|name| name.contains('/'))?;
    let quality = parts.find_map(|part| {
        let (key, value) = part.split_once('=')?;
        key.trim()
            .eq_ignore_ascii_case("q")
            .then(|| thousandths(value.trim()))
    });
    Some((name.to_ascii_lowercase(), quality.unwrap_or(1_000)))
}

/// `0.85` as 850; what is not understood counts in full.
fn thousandths(text: &str) -> u16 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part = format!("{part:0<3}");
    match (whole, part.get(..3).and_then(|part| part.parse().ok())) {
        ("0", Some(part)) => part,
        _ => 1_000,
    }
}

/// The quality of a media type: that of the most specific range that it is in.
fn quality(media_type: &str, ranges: &[(String, u16)]) -> u16 {
    let whole = media_type.split('/').next().unwrap_or_default();
    let all_of_it = format!("{whole}/*");
    [media_type, &all_of_it, "*/*"]
        .into_iter()
        .find_map(|name| ranges.iter().find(|(range, _)| range == name))
        .map_or(0, |(_, quality)| *quality)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFERED: [Form; 3] = [Form::Json, Form::Ndjson, Form::Csv];

    fn of(accept: &str) -> Result<Form, Refusal> {
        let mut headers = HeaderMap::new();
        if let Ok(accept) = accept.parse() {
            headers.insert(header::ACCEPT, accept);
        }
        Wanted::of(&headers, None, None, &OFFERED).map(|wanted| wanted.form)
    }

    #[test]
    fn the_best_form_is_given_and_the_first_to_whoever_does_not_care() {
        for (accept, form) in [
            ("", Form::Json),
            ("*/*", Form::Json),
            ("text/html, application/xml;q=0.9, */*;q=0.8", Form::Json),
            ("text/csv", Form::Csv),
            ("Text/CSV; header=present", Form::Csv),
            ("text/*", Form::Csv),
            (
                "application/json;q=0.2, application/x-ndjson;q=0.3",
                Form::Ndjson,
            ),
            ("application/json;q=0, */*;q=0.1", Form::Ndjson),
            ("text/csv;q=0.5, application/*", Form::Json),
        ] {
            assert_eq!(of(accept), Ok(form), "{accept}");
        }
    }

    #[test]
    fn what_is_not_given_is_refused_with_what_is() {
        for accept in ["text/html", "application/json;q=0", "image/*"] {
            let refusal = of(accept).unwrap_err();
            assert_eq!(refusal.code, Code::NotAcceptable);
            assert_eq!(refusal.allowed.len(), 3, "{accept}");
        }
    }

    #[test]
    fn a_parameter_stands_above_the_header() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, "text/html".parse().unwrap());
        let wanted = Wanted::of(&headers, Some("csv"), Some("true"), &OFFERED).unwrap();
        assert_eq!((wanted.form, wanted.bom), (Form::Csv, true));
        for (format, bom) in [("xlsx", "true"), ("csv", "yes")] {
            let refusal = Wanted::of(&headers, Some(format), Some(bom), &OFFERED).unwrap_err();
            assert_eq!(refusal.code, Code::BadQuery);
        }
    }
}
