//! Tokens.

use detente_auth::Record;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::table::{Cell, Column, Table};
use crate::output::Output;

/// Renders tokens.
pub(crate) fn tokens(out: &Output, shown: &[Record]) -> String {
    let columns = [
        Column::new("id"),
        Column::new("role"),
        Column::new("created").optional(1),
        Column::new("revoked"),
        Column::new("name").min_width(12),
    ];
    let rows = shown.iter().map(|token| {
        [
            Cell::from(token.id.as_str()),
            token.role.into(),
            moment(token.created).into(),
            token.revoked.map(moment).unwrap_or_default().into(),
            token.name.as_str().into(),
        ]
    });
    format!("{}\n", Table::new(columns, rows).render(out))
}

/// Formats a time to the second.
fn moment(moment: OffsetDateTime) -> String {
    let moment = moment.replace_nanosecond(0).unwrap_or(moment);
    moment.format(&Rfc3339).unwrap_or_default()
}
