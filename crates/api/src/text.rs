//! Text that others wrote, made safe for where it is shown.
//!
//! | where | function |
//! |---|---|
//! | a terminal, and logs | [`lines`] for all that is printed, [`line()`] for each text within |
//! | Atom, a Markdown page | [`lines`] for the document, [`markdown`] for each text within |
//! | a page, a picture | [`markup`] for the document |
//! | a cell of CSV | [`csv`] |
//! | JSON on a terminal | [`json`] |
//!
//! The JSON, protobuf and NATS of the API keep every character: programs read them.

use std::borrow::Cow;

/// Stands for a character that is not shown.
const REPLACEMENT: char = '\u{fffd}';

/// Characters that begin a formula in a spreadsheet, in all the widths that one takes them in.
const FORMULA: [char; 12] = [
    '=', '+', '-', '@', '＝', '＋', '－', '＠', '﹦', '﹢', '﹣', '﹫',
];

/// The characters that are escaped in Markdown and its tables.
const MARKUP: [char; 13] = [
    '\\', '`', '*', '_', '[', ']', '<', '>', '|', '#', '~', '!', '&',
];

/// Returns true for a character that a terminal obeys, that a format forbids, or that shows text
/// other than it is: controls, line separators, embeddings, overrides and isolates of direction,
/// annotations, tags, the byte order mark and noncharacters.
///
/// The marks of direction (U+200E, U+200F, U+061C) and the joiners are none: Arabic and Persian are
/// written with them, and they move nothing but the text beside them.
#[must_use]
pub const fn is_hazard(letter: char) -> bool {
    matches!(
        letter,
        '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{206f}'
            | '\u{fdd0}'..='\u{fdef}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    ) || (letter as u32) & 0xfffe == 0xfffe
}

/// Returns a text as one line: breaks and tabs become spaces, other hazards U+FFFD.
#[must_use]
pub fn line(text: &str) -> Cow<'_, str> {
    replaced(text, |_| false)
}

/// Returns a text of several lines: line feeds, carriage returns before them and tabs stay.
#[must_use]
pub fn lines(text: &str) -> Cow<'_, str> {
    // Alone, a carriage return begins the line again, over what it says.
    let ends = |rest: &str| rest.starts_with(['\n', '\t']) || rest.starts_with("\r\n");
    replaced(text, ends)
}

/// Returns a document in HTML or SVG, whose texts are escaped already. Breaks and tabs stay, and the
/// isolates of direction: an element ends those within it.
#[must_use]
pub fn markup(document: &str) -> Cow<'_, str> {
    let is_kept =
        |rest: &str| rest.starts_with(['\n', '\t', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}']);
    replaced(document, is_kept)
}

/// Returns a text on one line, which no spreadsheet runs as a formula: one that would begin a
/// formula, blanks before it aside, has an apostrophe before it.
#[must_use]
pub fn csv(text: &str) -> String {
    let text = line(text);
    let seen = text.trim_start_matches(is_blank);
    let apostrophe = if seen.starts_with(FORMULA) { "'" } else { "" };
    format!("{apostrophe}{text}")
}

/// Returns a text on one line, with the markup of Markdown escaped.
#[must_use]
pub fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in line(text).chars() {
        if MARKUP.contains(&letter) {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

/// Returns JSON of the same value without hazards but line breaks: its strings have them escaped.
#[must_use]
pub fn json(json: &str) -> Cow<'_, str> {
    // A control below U+0020 is white space between values: strings have it escaped already.
    let is_raw = |letter: char| letter >= ' ' && is_hazard(letter);
    if !json.contains(is_raw) {
        return Cow::Borrowed(json);
    }
    let mut escaped = String::with_capacity(json.len());
    for letter in json.chars() {
        if is_raw(letter) {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                escaped.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            escaped.push(letter);
        }
    }
    Cow::Owned(escaped)
}

/// Replaces the hazards of a text, but those whose rest of the text is kept.
fn replaced(text: &str, is_kept: impl Fn(&str) -> bool) -> Cow<'_, str> {
    let is_replaced =
        |(at, letter): (usize, char)| is_hazard(letter) && !text.get(at..).is_some_and(&is_kept);
    if !text.char_indices().any(is_replaced) {
        return Cow::Borrowed(text);
    }
    let shown = text.char_indices().map(|(at, letter)| {
        if !is_replaced((at, letter)) {
            letter
        } else if letter.is_whitespace() {
            ' '
        } else {
            REPLACEMENT
        }
    });
    Cow::Owned(shown.collect())
}

/// Returns true for a character before which a spreadsheet, or a reader, sees nothing.
fn is_blank(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(letter, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}')
}
