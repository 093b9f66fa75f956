//! Formats names, numbers and texts for Markdown.

use detente_api::view::{Decimal1, DisputeView};
use detente_domain::party::{Lang, Party};

/// The characters that are escaped in Markdown and its tables.
const MARKUP: [char; 13] = [
    '\\', '`', '*', '_', '[', ']', '<', '>', '|', '#', '~', '!', '&',
];

/// Escapes a text, on one line.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_control() {
            escaped.push(' ');
            continue;
        }
        if MARKUP.contains(&letter) {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

/// Returns the English name of a party, by its code.
pub(super) fn name(code: &str) -> String {
    let party = Party::find(code);
    party.map_or_else(|| escape(code), |party| escape(party.name(Lang::En)))
}

pub(super) fn number(number: Option<Decimal1>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

pub(super) fn text(text: Option<&str>) -> String {
    text.map(escape).unwrap_or_default()
}

/// Returns the reservations about a level, in parentheses.
pub(super) fn marks(uncertain: bool, disputed: bool, mixed: bool) -> String {
    let marks = [
        (uncertain, "uncertain"),
        (disputed, "disputed"),
        (mixed, "mixed"),
    ];
    let marks = marks.into_iter().filter(|(is_set, _)| *is_set);
    let marks: Vec<&str> = marks.map(|(_, word)| word).collect();
    if marks.is_empty() {
        String::new()
    } else {
        format!(" ({})", marks.join(", "))
    }
}

pub(super) fn disputes<'v>(page: &mut String, disputes: impl IntoIterator<Item = &'v DisputeView>) {
    let mut disputes = disputes.into_iter().peekable();
    if disputes.peek().is_none() {
        return;
    }
    page.push_str("\n## Disputed\n\n");
    for dispute in disputes {
        let claimed = dispute.claimed_by.as_deref();
        let claimed = claimed.map_or_else(|| "a report".to_owned(), escape);
        let denied = dispute.denied_by.as_deref().map_or_else(
            || "contradicted by another source".to_owned(),
            |by| format!("denied by {}", escape(by)),
        );
        let event = dispute.event;
        page.push_str(&format!(
            "- [{event}](/v1/events/{event}): said by {claimed}; {denied}\n"
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn markup_is_escaped() {
        assert_eq!(
            escape("[x](http://e) | <b>*\n#"),
            "\\[x\\](http://e) \\| \\<b\\>\\* \\#"
        );
    }
}
