//! Expressions over changes.

use std::sync::LazyLock;

use detente_api::view::ChangeView;
use detente_feed::Expression;

use crate::text;

/// A change of a register and one of a dimension.
static CHANGES: LazyLock<Vec<ChangeView>> = LazyLock::new(|| {
    let lines = include_str!("changes.ndjson").lines();
    lines
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect()
});

/// Checks that an expression that is accepted is true or not of any change.
pub(crate) fn expression(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    if let Ok(expression) = Expression::parse(text) {
        assert_eq!(CHANGES.len(), 2);
        for change in &*CHANGES {
            let matches = expression.matches(change);
            assert_eq!(expression.matches(change), matches);
        }
    }
}
