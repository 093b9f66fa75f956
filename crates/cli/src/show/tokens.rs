//! A list of tokens.

use detente_auth::Shown;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::grid::{Cell, Column, Grid};
use crate::Out;

/// The tokens that were made, for people.
#[must_use]
pub fn tokens(out: &Out, shown: &[Shown<'_>]) -> String {
    let mut list = Grid::new([
        Column::new("id"),
        Column::new("role"),
        Column::new("created").spare(1),
        Column::new("revoked"),
        Column::new("name").cut(12),
    ]);
    for token in shown {
        list.add([
            Cell::from(token.id),
            Cell::from(token.role.as_str()),
            Cell::from(moment(token.created)),
            Cell::from(token.revoked.map(moment).unwrap_or_default()),
            Cell::from(token.name),
        ]);
    }
    format!("{}\n", list.text(out.width()))
}

/// A moment to the second.
fn moment(moment: OffsetDateTime) -> String {
    let moment = moment.replace_nanosecond(0).unwrap_or(moment);
    moment.format(&Rfc3339).unwrap_or_default()
}
