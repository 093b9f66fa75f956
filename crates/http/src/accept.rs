//! Content negotiation by the parameter `format`, or else by the header `Accept`.

use axum::http::{HeaderMap, header};
use detente_api::refusal::{Code, Refusal};
use detente_api::request::ParamValue as _;

/// A format of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON value.
    Json,
    /// One JSON value on each line.
    Ndjson,
    /// A table, as in RFC 4180.
    Csv,
    /// Text for people.
    Markdown,
    /// A rulebook's file.
    Toml,
    /// Server-sent events.
    EventStream,
}

/// The outcome of a negotiation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Negotiated {
    /// The format of the answer.
    pub format: Format,
    /// True if a table begins with a byte order mark, by which spreadsheets recognise UTF-8.
    pub bom: bool,
}

/// The query parameters of a negotiation.
pub const PARAMETERS: [&str; 2] = ["format", "bom"];

impl Format {
    /// Returns the name, in the parameter `format`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.names().0
    }

    /// Returns the media type, in the header `Accept`.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        self.names().1
    }

    /// Returns the header `Content-Type` of an answer.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Json | Self::Ndjson | Self::EventStream => self.media_type(),
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Toml => "application/toml; charset=utf-8",
        }
    }

    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Json => ("json", "application/json"),
            Self::Ndjson => ("ndjson", "application/x-ndjson"),
            Self::Csv => ("csv", "text/csv"),
            Self::Markdown => ("markdown", "text/markdown"),
            Self::Toml => ("toml", "application/toml"),
            Self::EventStream => ("sse", "text/event-stream"),
        }
    }
}

impl Negotiated {
    /// Chooses one of the offered formats; the first for a client without a preference.
    ///
    /// # Errors
    /// `not_acceptable` if the client accepts none of them, `bad_query` for a bad parameter.
    pub fn new(
        headers: &HeaderMap,
        format: Option<&str>,
        bom: Option<&str>,
        offered: &[Format],
    ) -> Result<Self, Refusal> {
        let format = match format {
            Some(name) => by_name(name, offered)?,
            None => by_quality(headers, offered)?,
        };
        let bom = bom.map(|text| bool::parse_param("bom", text)).transpose()?;
        Ok(Self {
            format,
            bom: bom.unwrap_or_default(),
        })
    }
}

fn by_name(name: &str, offered: &[Format]) -> Result<Format, Refusal> {
    let format = offered.iter().find(|format| format.as_str() == name);
    format.copied().ok_or_else(|| {
        let refusal = Refusal::new(Code::BadQuery, "this answer does not have that format");
        let refusal = refusal.field("format").value(name);
        refusal.allowed(offered.iter().map(|format| format.as_str()))
    })
}

/// Returns the format with the highest quality; of equals, the one offered first.
fn by_quality(headers: &HeaderMap, offered: &[Format]) -> Result<Format, Refusal> {
    let accept = headers.get_all(header::ACCEPT).iter();
    let accept: Vec<&str> = accept.filter_map(|value| value.to_str().ok()).collect();
    let accept = accept.join(",");
    let ranges: Vec<(String, u16)> = accept.split(',').filter_map(range).collect();
    let first = offered.first().copied().unwrap_or(Format::Json);
    if ranges.is_empty() {
        return Ok(first);
    }
    let (mut best, mut most) = (None, 0);
    for format in offered {
        let quality = quality(format.media_type(), &ranges);
        if quality > most {
            (best, most) = (Some(*format), quality);
        }
    }
    best.ok_or_else(|| {
        let refusal = Refusal::new(
            Code::NotAcceptable,
            "this answer has none of the accepted formats",
        );
        let refusal = refusal.field("Accept").value(&accept);
        refusal.allowed(offered.iter().map(|format| format.media_type()))
    })
}

/// Parses a media range and its quality, in thousandths.
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

/// Parses `0.85` as 850, and anything invalid as 1,000.
pub(crate) fn thousandths(text: &str) -> u16 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part = format!("{part:0<3}");
    match (whole, part.get(..3).and_then(|part| part.parse().ok())) {
        ("0", Some(part)) => part,
        _ => 1_000,
    }
}

/// Returns the quality of the most specific range with the media type.
fn quality(media_type: &str, ranges: &[(String, u16)]) -> u16 {
    let group = media_type.split('/').next().unwrap_or_default();
    let group_range = format!("{group}/*");
    [media_type, &group_range, "*/*"]
        .into_iter()
        .find_map(|name| ranges.iter().find(|(range, _)| range == name))
        .map_or(0, |(_, quality)| *quality)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFERED: [Format; 3] = [Format::Json, Format::Ndjson, Format::Csv];

    fn negotiate(accept: &str) -> Result<Format, Refusal> {
        let mut headers = HeaderMap::new();
        if let Ok(accept) = accept.parse() {
            headers.insert(header::ACCEPT, accept);
        }
        Negotiated::new(&headers, None, None, &OFFERED).map(|negotiated| negotiated.format)
    }

    #[test]
    fn the_form_of_highest_quality_is_chosen_and_the_first_without_a_preference() {
        for (accept, format) in [
            ("", Format::Json),
            ("*/*", Format::Json),
            ("text/html, application/xml;q=0.9, */*;q=0.8", Format::Json),
            ("text/csv", Format::Csv),
            ("Text/CSV; header=present", Format::Csv),
            ("text/*", Format::Csv),
            (
                "application/json;q=0.2, application/x-ndjson;q=0.3",
                Format::Ndjson,
            ),
            ("application/json;q=0, */*;q=0.1", Format::Ndjson),
            ("text/csv;q=0.5, application/*", Format::Json),
        ] {
            assert_eq!(negotiate(accept), Ok(format), "{accept}");
        }
    }

    #[test]
    fn a_form_that_is_not_offered_is_refused_with_those_that_are() {
        for accept in ["text/html", "application/json;q=0", "image/*"] {
            let refusal = negotiate(accept).unwrap_err();
            assert_eq!(refusal.code, Code::NotAcceptable);
            assert_eq!(refusal.allowed.len(), 3, "{accept}");
        }
    }

    #[test]
    fn the_parameter_overrides_the_header() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, "text/html".parse().unwrap());
        let negotiated = Negotiated::new(&headers, Some("csv"), Some("true"), &OFFERED).unwrap();
        assert_eq!((negotiated.format, negotiated.bom), (Format::Csv, true));
        for (format, bom) in [("xlsx", "true"), ("csv", "yes")] {
            let refusal = Negotiated::new(&headers, Some(format), Some(bom), &OFFERED).unwrap_err();
            assert_eq!(refusal.code, Code::BadQuery);
        }
    }
}
