//! Lists as tables: the columns and cells of an item.

use serde::Serialize;
use serde_json::Value;

use crate::text;
use crate::view::{ChangeView, CountryItem, EntryView, EventView, KindView, PendingView};

/// An item that can be a row of a table. Columns are a contract: new ones are added at the end.
pub trait Row: Serialize {
    /// The name of each column, with the JSON pointer of its value in the item.
    const COLUMNS: &'static [(&'static str, &'static str)];
}

/// Separates the values of a cell that has several.
const SEPARATOR: &str = "; ";

/// Returns the cells of an item, in the order of its columns.
///
/// A text is one line, and has an apostrophe before it if a spreadsheet would run it as a formula;
/// numbers are unchanged. Null is empty; several values are separated by semicolons.
///
/// # Errors
/// If the item cannot be serialised as JSON.
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
        Value::String(text) => text::csv(text),
        Value::Array(values) => {
            let parts = values.iter().map(|value| match value {
                Value::String(text) => text::csv(text),
                other => text::json(&other.to_string()).into_owned(),
            });
            parts.collect::<Vec<_>>().join(SEPARATOR)
        }
        Value::Object(object) if object.is_empty() => String::new(),
        Value::Object(_) => text::json(&value.to_string()).into_owned(),
    }
}

impl<T: Row> Row for &T {
    const COLUMNS: &'static [(&'static str, &'static str)] = T::COLUMNS;
}

/// Lists the columns of items. A column without a pointer is the field of its name.
macro_rules! columns {
    (@pointer $name:ident) => { concat!("/", stringify!($name)) };
    (@pointer $name:ident $pointer:literal) => { $pointer };
    ($($item:ident { $($name:ident $(= $pointer:literal)?),+ $(,)? })+) => {$(
        impl Row for $item {
            const COLUMNS: &'static [(&'static str, &'static str)] =
                &[$((stringify!($name), columns!(@pointer $name $($pointer)?)),)+];
        }
    )+};
}

columns! {
    EventView {
        id, kind, actors, recipients, occurred, title_en = "/title/en", title_ar = "/title/ar",
        title_ru = "/title/ru", details, publisher = "/report/publisher", url = "/report/url",
        language = "/report/language", published = "/report/published", quote = "/report/quote",
        grade, reported_grade, publishers, disputed, retracted = "/retracted/id", position,
        recorded, author,
    }
    CountryItem {
        country, name_en = "/names/en", name_ar = "/names/ar", name_ru = "/names/ru", governed_by,
        relations,
    }
    PendingView { id, pending, records }
    EntryView {
        by, via, type, host, sender, city, rank, name, list, listed, crossing, what, group, from,
        territory, family, controlled_by, status, open, since, uncertain, disputed, evidence,
        evidence_count,
    }
    KindView {
        kind, family, label, description, class, register, effect = "/effect/does",
        status = "/effect/status", plover, counts_in, lang, rulebook,
    }
    ChangeView {
        relation, from_state = "/direction/from", to_state = "/direction/to", dimension, key, from,
        to, day, until, occasion, causes, lag_days, uncertain, disputed, controlled_by_from,
        controlled_by_to, position, cursor, via, stale, presumed, causes_total, disputes_total,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn formulas_are_escaped_and_numbers_are_unchanged() {
        for (value, text) in [
            (json!("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")"),
            (json!("@SUM(A1)"), "'@SUM(A1)"),
            (json!(["-1", "b"]), "'-1; b"),
            (json!(" \t=1"), "'  =1"),
            (json!("\n＝1+1"), "' ＝1+1"),
            (json!("\tx"), " x"),
            (json!(["a", "=1"]), "a; '=1"),
            (json!({"a": "\u{202e}"}), "{\"a\":\"\\u202e\"}"),
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
