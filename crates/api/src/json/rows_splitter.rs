//! Splits a body into the slices of its rows without parsing them, so that a row that is not JSON
//! does not affect the others.

/// An iterator over the rows of a body, with their numbers.
#[derive(Clone, Debug)]
pub(super) enum Slices<'a> {
    /// One row.
    One(Option<&'a [u8]>),
    /// One row per line; the number is that of the line.
    Lines {
        /// The remaining lines.
        rest: Option<&'a [u8]>,
        /// The number of lines so far.
        line: usize,
    },
    /// The elements of an array; the number counts from 1.
    Elements {
        /// The text after the bracket or the last comma.
        rest: Option<&'a [u8]>,
        /// The number of elements so far.
        row: usize,
    },
}

/// A row, or the error in the body at that point.
pub(super) type Slice<'a> = Result<&'a [u8], &'static str>;

impl<'a> Slices<'a> {
    /// Splits an array into its elements; any other value is one row.
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

    /// Splits lines; blank lines and comments are skipped.
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
