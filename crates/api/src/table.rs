//! Answers as tables: which columns an item has, and what stands in a cell.

use serde::Serialize;
use serde_json::Value;

use crate::view::{ChangeView, CountryItem, EventView, PendingView};

/// An item that can be a row of a table. The columns are a contract: new ones come at the end.
pub trait Row: Serialize {
    /// The name of each column, and where its value is in the item's JSON, as a JSON pointer.
    const COLUMNS: &'static [(&'static str, &'static str)];
}

/// What parts the values of a cell that has several.
const BETWEEN: &str = "; ";
/// What a spreadsheet takes for the beginning of a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// The cells of an item, in the order of its columns.
///
/// Text that a spreadsheet would run as a formula gets an apostrophe before it; numbers are left
/// as they are. What is not known is empty; several values have semicolons between them.
///
/// # Errors
/// If the item cannot be written as JSON.
pub fn cells<T: Row>(item: &T) -> Result<Vec<String>, serde_json::Error> {
    let value = serde_json::to_value(item)?;
    let cell = |(_, pointer): &(&str, &str)| value.pointer(pointer).map(cell).unwrap_or_default();
    Ok(T::COLUMNS.iter().map(cell).collect())
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(is) => is.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => harmless(text.clone()),
        Value::Array(values) => {
            let parts = values.iter().map(|value| match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            });
            harmless(parts.collect::<Vec<_>>().join(BETWEEN))
        }
        Value::Object(object) if object.is_empty() => String::new(),
        Value::Object(_) => value.to_string(),
    }
}

fn harmless(text: String) -> String {
    if text.starts_with(FORMULA) {
        format!("'{text}")
    } else {
        text
    }
}

impl<T: Row> Row for &T {
    const COLUMNS: &'static [(&'static str, &'static str)] = T::COLUMNS;
}

impl Row for EventView {
    const COLUMNS: &'static [(&'static str, &'static str)] = &[
        ("id", "/id"),
        ("kind", "/kind"),
        ("actors", "/actors"),
        ("recipients", "/recipients"),
        ("occurred", "/occurred"),
        ("title_en", "/title/en"),
        ("title_ar", "/title/ar"),
        ("title_ru", "/title/ru"),
        ("details", "/details"),
        ("publisher", "/report/publisher"),
        ("url", "/report/url"),
        ("language", "/report/language"),
        ("published", "/report/published"),
        ("quote", "/report/quote"),
        ("grade", "/grade"),
        ("reported_grade", "/reported_grade"),
        ("publishers", "/publishers"),
        ("disputed", "/disputed"),
        ("retracted", "/retracted/id"),
        ("position", "/position"),
        ("recorded", "/recorded"),
        ("author", "/author"),
    ];
}

impl Row for CountryItem {
    const COLUMNS: &'static [(&'static str, &'static str)] = &[
        ("country", "/country"),
        ("name_en", "/names/en"),
        ("name_ar", "/names/ar"),
        ("name_ru", "/names/ru"),
        ("governed_by", "/governed_by"),
        ("relations", "/relations"),
    ];
}

impl Row for PendingView {
    const COLUMNS: &'static [(&'static str, &'static str)] = &[
        ("id", "/id"),
        ("pending", "/pending"),
        ("records", "/records"),
    ];
}

impl Row for ChangeView {
    const COLUMNS: &'static [(&'static str, &'static str)] = &[
        ("relation", "/relation"),
        ("from_state", "/direction/from"),
        ("to_state", "/direction/to"),
        ("dimension", "/dimension"),
        ("key", "/key"),
        ("from", "/from"),
        ("to", "/to"),
        ("day", "/day"),
        ("until", "/until"),
        ("occasion", "/occasion"),
        ("causes", "/causes"),
        ("lag_days", "/lag_days"),
        ("uncertain", "/uncertain"),
        ("disputed", "/disputed"),
        ("controlled_by_from", "/controlled_by_from"),
        ("controlled_by_to", "/controlled_by_to"),
        ("position", "/position"),
        ("cursor", "/cursor"),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn text_that_would_be_a_formula_is_made_harmless_and_numbers_are_left() {
        for (value, text) in [
            (json!("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")"),
            (json!("@SUM(A1)"), "'@SUM(A1)"),
            (json!(["-1", "b"]), "'-1; b"),
            (json!("\tx"), "'\tx"),
            (json!(-3.4), "-3.4"),
            (json!("زيارة"), "زيارة"),
            (json!(null), ""),
            (json!({}), ""),
            (json!(["AFG", "TJK"]), "AFG; TJK"),
        ] {
            assert_eq!(cell(&value), text, "{value}");
        }
    }
}
