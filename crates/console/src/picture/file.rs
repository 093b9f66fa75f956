//! Pictures as files of their own, which no page styles.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, PreEscaped, html};

/// Nothing is loaded or run; the file styles itself.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// The style of a file: that of the pages in their light colours, written out for programs that
/// know no variables.
static STYLE: LazyLock<String> = LazyLock::new(|| {
    let sheets = [
        include_str!("../../assets/base.css"),
        include_str!("../../assets/level.css"),
    ];
    style(&sheets, include_str!("../../assets/picture.css"))
});

/// Returns the light colours that style sheets define, by name.
fn colours(sheets: &[&'static str]) -> BTreeMap<&'static str, &'static str> {
    let definitions = sheets.iter().flat_map(|sheet| sheet.split("--").skip(1));
    let colour = |definition: &'static str| {
        let (name, value) = definition.split_once(": light-dark(")?;
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if !name.bytes().all(is_part) {
            return None;
        }
        // A colour may have commas of its own, in parentheses.
        let mut depth = 0_u32;
        let end = value.find(|letter: char| {
            depth += u32::from(letter == '(');
            let is_end = depth == 0 && letter == ',';
            depth = depth.saturating_sub(u32::from(letter == ')'));
            is_end
        });
        Some((name, value.get(..end?)?))
    };
    definitions.filter_map(colour).collect()
}

fn style(sheets: &[&'static str], rules: &str) -> String {
    let colours = colours(sheets);
    let mut style = rules.to_owned();
    for (name, colour) in &colours {
        style = style.replace(&format!("var(--{name})"), colour);
        // A level, such as `index-3`.
        if name.ends_with(|letter: char| letter.is_ascii_digit()) {
            style.push_str(&format!(".{name}{{fill:{colour}}}"));
        }
    }
    style.push_str("svg{font-family:sans-serif;background:#fff}");
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
    (headers, file.into_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_of_a_file_has_every_colour_and_no_variable() {
        assert!(!STYLE.contains("var("), "{}", *STYLE);
        assert!(!STYLE.contains("light-dark"), "{}", *STYLE);
        for class in ["index-0", "index-4", "threat-3", "ladder-6", "stance-2"] {
            assert!(STYLE.contains(&format!(".{class}{{fill:#")), "{class}");
        }
    }

    #[test]
    fn a_colour_with_commas_is_read_whole() {
        let sheet = "--hatch: light-dark(rgb(0, 0, 0), #fff); --ink: light-dark(#111, #eee);";
        let colours = colours(&[sheet]);
        assert_eq!(colours.get("hatch"), Some(&"rgb(0, 0, 0)"));
        assert_eq!(colours.get("ink"), Some(&"#111"));
    }
}
