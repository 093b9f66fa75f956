//! Rows of the embedded tab-separated files. Nothing is quoted: no field holds a tab.

/// Returns the rows of a file: its lines without comments, empty lines and the heading.
pub(crate) fn rows(file: &'static str) -> impl Iterator<Item = &'static str> {
    file.lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .skip(1)
}

/// Splits a row into its columns; `None` if their number is wrong.
pub(crate) fn columns<const COLUMNS: usize>(row: &'static str) -> Option<[&'static str; COLUMNS]> {
    let columns: Vec<&'static str> = row.split('\t').collect();
    columns.try_into().ok()
}

/// Splits a field that holds several names, separated by `|`.
pub(crate) fn names(field: &'static str) -> impl Iterator<Item = &'static str> {
    field.split('|').filter(|name| !name.is_empty())
}
