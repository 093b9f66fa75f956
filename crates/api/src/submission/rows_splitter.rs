//! Splits a body into the slices of its rows without parsing them, so that a row that is not JSON
//! does not affect the others.

use std::iter;

/// A row, or the error in the body at that point.
pub(super) type Slice<'a> = Result<&'a [u8], &'static str>;

/// An iterator over the rows of a body, with their numbers.
pub(super) type Slices<'a> = Box<dyn Iterator<Item = (usize, Slice<'a>)> + 'a>;

/// Splits an array into its elements, counted from 1; any other value is one row.
pub(super) fn json(body: &[u8]) -> Slices<'_> {
    let body = body.trim_ascii();
    let Some(elements) = body.strip_prefix(b"[") else {
        let row = (!body.is_empty()).then_some((1, Ok(body)));
        return Box::new(row.into_iter());
    };
    let (mut rest, mut row) = (Some(elements), 0);
    Box::new(iter::from_fn(move || {
        row += 1;
        let (slice, after) = element(rest?, row == 1);
        rest = after;
        slice.map(|slice| (row, slice))
    }))
}

/// Splits lines, and numbers them; blank lines and comments are skipped.
pub(super) fn lines(body: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let lines = body.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    (1..)
        .zip(lines)
        .filter(|(_, line)| !line.is_empty() && !line.starts_with(b"#"))
}

/// Splits off the first element; returns it and the text after its comma. An empty array has no
/// element.
fn element(bytes: &[u8], first: bool) -> (Option<Slice<'_>>, Option<&[u8]>) {
    let (end, closer, is_whole) = extent(bytes);
    let text = bytes.get(..end).unwrap_or_default().trim_ascii();
    let after = bytes.get(end + 1..).unwrap_or_default();
    match closer {
        Some(b',') if text.is_empty() => {
            (Some(Err("there is no value before a comma")), Some(after))
        }
        Some(b',') => (Some(Ok(text)), Some(after)),
        // Text after the bracket is one more, bad row: see below.
        Some(_) if !after.trim_ascii().is_empty() && text.is_empty() => {
            (Some(Err("there is text after the end of the array")), None)
        }
        Some(_) if !after.trim_ascii().is_empty() => (Some(Ok(text)), Some(b"]x")),
        Some(_) if text.is_empty() && first => (None, None),
        Some(_) if text.is_empty() => (Some(Err("there is no value after a comma")), None),
        Some(_) => (Some(Ok(text)), None),
        None if text.is_empty() => (Some(Err("the array does not end")), None),
        None if is_whole => (Some(Ok(text)), Some(b"")),
        None => (Some(Ok(text)), None),
    }
}

/// Returns the end of an element, the byte that ends it (a comma or bracket outside strings and
/// brackets), and true if the element is closed. Brackets are counted, not matched: parsing the row
/// finds mismatches.
fn extent(bytes: &[u8]) -> (usize, Option<u8>, bool) {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for (place, byte) in bytes.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            // A string of JSON cannot contain a line break; one that does is not closed.
            b'\n' => in_text = false,
            _ if in_text => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth > 0 => depth -= 1,
            b',' | b']' if depth == 0 => return (place, Some(*byte), true),
            _ => {}
        }
    }
    (bytes.len(), None, depth == 0 && !in_text)
}
