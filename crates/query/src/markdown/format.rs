//! Words of a brief: names, numbers, and texts that must not be taken for markup.

use detente_api::view::{DisputeView, Tenths};
use detente_domain::party::{Lang, Party};

/// What means something in Markdown, also in its tables.
const MARKUP: [char; 13] = [
    '\\', '`', '*', '_', '[', ']', '<', '>', '|', '#', '~', '!', '&',
];

/// A text of somebody's as it stands, on one line.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_control() {
            plain.push(' ');
            continue;
        }
        if MARKUP.contains(&letter) {
            plain.push('\\');
        }
        plain.push(letter);
    }
    plain
}

/// The English name of a party, by its code.
pub(super) fn name(code: &str) -> String {
    let party = Party::find(code);
    party.map_or_else(|| plain(code), |party| plain(party.name(Lang::En)))
}

pub(super) fn number(number: Option<Tenths>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

pub(super) fn text(text: Option<&str>) -> String {
    text.map(plain).unwrap_or_default()
}

/// What must be said beside a level.
pub(super) fn marks(uncertain: bool, disputed: bool, mixed: bool) -> String {
    let marks = [
        (uncertain, "uncertain"),
        (disputed, "disputed"),
        (mixed, "mixed"),
    ];
    let marks = marks
        .into_iter()
        .filter(|(is, _)| *is)
        .map(|(_, word)| word);
    let marks: Vec<&str> = marks.collect();
    if marks.is_empty() {
        String::new()
    } else {
        format!(" ({})", marks.join(", "))
    }
}

pub(super) fn disputes(page: &mut String, disputes: &[DisputeView]) {
    if disputes.is_empty() {
        return;
    }
    page.push_str("\n## Disputed\n\n");
    for dispute in disputes {
        let claimed = dispute
            .claimed_by
            .as_deref()
            .map_or_else(|| "a report".to_owned(), plain);
        let denied = dispute.denied_by.as_deref().map_or_else(
            || "contradicted by another source".to_owned(),
            |by| format!("denied by {}", plain(by)),
        );
        let event = dispute.event;
        page.push_str(&format!(
            "- [{event}](/v1/events/{event}): said by {claimed}; {denied}\n"
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn what_somebody_wrote_is_no_markup() {
        assert_eq!(
            plain("[x](http://e) | <b>*\n#"),
            "\\[x\\](http://e) \\| \\<b\\>\\* \\#"
        );
    }
}
