//! Pictures as files of their own, which no page styles.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use detente_api::text;
use maud::{Markup, PreEscaped, html};

/// Nothing is loaded or run; the file styles itself.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// The style sheets that define colours.
const SHEETS: [&str; 2] = [
    include_str!("../../assets/base.css"),
    include_str!("../../assets/level.css"),
];

/// The colours of the pages, the light and the dark one, by name.
static COLOURS: LazyLock<BTreeMap<&str, [&str; 2]>> = LazyLock::new(|| colours(&SHEETS));

/// The style of a file: that of the pages in both schemes of colours, written out for programs that
/// know no variables.
static STYLE: LazyLock<String> = LazyLock::new(|| {
    let rules = include_str!("../../assets/picture.css");
    let rules = rules.split_once("*/").map_or(rules, |(_, rules)| rules);
    let [light, dark] = [0, 1].map(|scheme| style(rules, scheme));
    format!("svg{{font-family:sans-serif}}{light}@media (prefers-color-scheme:dark){{{dark}}}")
});

/// Returns the light colour with a name, such as `index-3`.
pub(crate) fn light(name: &str) -> Option<&'static str> {
    COLOURS.get(name).map(|[light, _]| *light)
}

/// Returns the colours that style sheets define, the light and the dark one, by name.
fn colours(sheets: &[&'static str]) -> BTreeMap<&'static str, [&'static str; 2]> {
    let definitions = sheets.iter().flat_map(|sheet| sheet.split("--").skip(1));
    let pair = |definition: &'static str| {
        let (name, value) = definition.split_once(": light-dark(")?;
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if !name.bytes().all(is_part) {
            return None;
        }
        let light = value.get(..end(value, ',')?)?;
        let rest = value.get(light.len() + 1..)?;
        let dark = rest.get(..end(rest, ')')?)?;
        Some((name, [light, dark.trim()]))
    };
    definitions.filter_map(pair).collect()
}

/// Finds the end of a colour, which may have commas of its own, in parentheses.
fn end(value: &str, mark: char) -> Option<usize> {
    let mut depth = 0_u32;
    value.find(|letter: char| {
        depth += u32::from(letter == '(');
        let is_end = depth == 0 && letter == mark;
        depth = depth.saturating_sub(u32::from(letter == ')'));
        is_end
    })
}

/// Writes rules in the light colours, 0, or the dark ones, 1.
fn style(rules: &str, scheme: usize) -> String {
    let mut style = rules.trim().to_owned();
    for (name, pair) in &*COLOURS {
        let colour = pair.get(scheme).copied().unwrap_or_default();
        style = style.replace(&format!("var(--{name})"), colour);
        // A level, such as `index-3`.
        if name.ends_with(|letter: char| letter.is_ascii_digit()) {
            style.push_str(&format!(".{name}{{fill:{colour}}}"));
        }
        if *name == "panel" {
            style.push_str(&format!("svg{{background:{colour}}}"));
        }
    }
    style
}

/// Answers with a picture as a file.
pub(crate) fn response(picture: Markup) -> Response {
    let written = picture.into_string();
    // The style is the first child, so that the file is whole without a page.
    let file = match written.split_once('>') {
        Some((svg, rest)) => html! {
            (PreEscaped(svg)) (PreEscaped(">"))
            style { (PreEscaped(&*STYLE)) }
            (PreEscaped(rest))
        },
        None => PreEscaped(written),
    };
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-cache, private"),
    ];
    let file = file.into_string();
    (headers, text::markup(&file).into_owned()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_of_a_file_has_every_colour_and_no_variable() {
        assert!(!STYLE.contains("var("), "{}", *STYLE);
        assert!(!STYLE.contains("light-dark"), "{}", *STYLE);
        for class in ["index-0", "index-4", "threat-3", "ladder-6", "stance-2"] {
            let rule = format!(".{class}{{fill:#");
            assert_eq!(STYLE.matches(&rule).count(), 2, "{class}");
        }
    }

    #[test]
    fn a_colour_with_commas_is_read_whole() {
        let sheet = "--hatch: light-dark(rgb(0, 0, 0), #fff); --ink: light-dark(#111, #eee);";
        let colours = colours(&[sheet]);
        assert_eq!(colours.get("hatch"), Some(&["rgb(0, 0, 0)", "#fff"]));
        assert_eq!(colours.get("ink"), Some(&["#111", "#eee"]));
    }
}
