//! Splits a body into the slices of its rows, without reading them: so a row that is not JSON
//! spoils no other.

/// The rows of a body, as slices, with their numbers.
#[derive(Clone, Debug)]
pub(super) enum Slices<'a> {
    /// One row.
    One(Option<&'a [u8]>),
    /// A row a line; the number is the line's.
    Lines {
        /// The lines still to come.
        rest: Option<&'a [u8]>,
        /// The lines that were.
        line: usize,
    },
    /// The elements of an array; the number is the element's, from 1.
    Elements {
        /// What follows the bracket or the last comma.
        rest: Option<&'a [u8]>,
        /// The elements that were.
        row: usize,
    },
}

/// A row that can be read, or what is wrong with the body at that place.
pub(super) type Slice<'a> = Result<&'a [u8], &'static str>;

impl<'a> Slices<'a> {
    /// The elements of an array, or the one value that the body is.
    pub(super) fn json(body: &'a [u8]) -> Self {
        let body = body.trim_ascii();
        match body.split_first() {
            Some((b'[', rest)) => Self::Elements {
                rest: Some(rest),
                row: 0,
            },
            Some(_) => Self::One(Some(body)),
            None => Self::One(None),
        }
    }

    /// The lines, without blank ones and comments.
    pub(super) const fn lines(body: &'a [u8]) -> Self {
        Self::Lines {
            rest: Some(body),
            line: 0,
        }
    }
}

impl<'a> Iterator for Slices<'a> {
    type Item = (usize, Slice<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::One(slice) => slice.take().map(|slice| (1, Ok(slice))),
            Self::Lines { rest, line } => loop {
                let bytes = (*rest)?;
                let end = bytes.iter().position(|byte| *byte == b'\n');
                let (text, after) = match end {
                    Some(end) => (bytes.get(..end)?, bytes.get(end + 1..)),
                    None => (bytes, None),
                };
                *rest = after;
                *line += 1;
                let text = text.trim_ascii();
                if !text.is_empty() && !text.starts_with(b"#") {
                    return Some((*line, Ok(text)));
                }
            },
            Self::Elements { rest, row } => {
                let bytes = (*rest)?;
                *row += 1;
                let (slice, after) = element(bytes, *row == 1);
                *rest = after;
                slice.map(|slice| (*row, slice))
            }
        }
    }
}

/// The first element, and what is left after its comma; no element where the array is empty.
fn element(bytes: &[u8], first: bool) -> (Option<Slice<'_>>, Option<&[u8]>) {
    let (end, closer, is_whole) = extent(bytes);
    let text = bytes.get(..end).unwrap_or_default().trim_ascii();
    let after = bytes.get(end + 1..).unwrap_or_default();
    match closer {
        Some(b',') if text.is_empty() => (Some(Err("nothing stands before a comma")), Some(after)),
        Some(b',') => (Some(Ok(text)), Some(after)),
        // What follows the bracket is one more, bad row: see below.
        Some(_) if !after.trim_ascii().is_empty() && text.is_empty() => {
            (Some(Err("something follows the end of the array")), None)
        }
        Some(_) if !after.trim_ascii().is_empty() => (Some(Ok(text)), Some(b"]x")),
        Some(_) if text.is_empty() && first => (None, None),
        Some(_) if text.is_empty() => (Some(Err("nothing follows a comma")), None),
        Some(_) => (Some(Ok(text)), None),
        None if text.is_empty() => (Some(Err("the array does not end")), None),
        None if is_whole => (Some(Ok(text)), Some(b"")),
        None => (Some(Ok(text)), None),
    }
}

/// Where an element ends, the byte that ends it (a comma or bracket outside strings and brackets),
/// and whether it is closed itself. Brackets are counted, not matched: what they enclose is judged when it is read.
fn extent(bytes: &[u8]) -> (usize, Option<u8>, bool) {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for (place, byte) in bytes.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            // No text of JSON goes over a line's end; one that does is not closed.
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
