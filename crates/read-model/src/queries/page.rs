//! How pages are asked for: their sizes and their cursors.

use detente_api::{Code, Refusal};

/// How many items a page has when nobody says.
pub const LIMIT_DEFAULT: usize = 100;
/// The most items of a page.
pub const LIMIT_MAX: usize = 1_000;

/// The position and the place that the cursor of a page holds.
///
/// # Errors
/// `bad_cursor` for anything else.
pub fn parse(text: &str) -> Result<(Option<u64>, usize), Refusal> {
    if text == "start" {
        return Ok((None, 0));
    }
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('-')
        .filter(|(known, place)| number(known) && number(place))
        .and_then(|(known, place)| Some((Some(known.parse().ok()?), place.parse().ok()?)))
        .ok_or_else(|| {
            let refusal = Refusal::new(Code::BadCursor, "this list gave no such cursor");
            refusal.field("from").given(text).allowed(["start"])
        })
}
