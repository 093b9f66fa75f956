//! What leaves has no hazard in it, whatever came in.

use std::borrow::Cow;

use detente_api::table::{self, Row};
use detente_api::text::{csv, is_hazard, json, line, lines, markdown};
use proptest::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};

/// Returns true for what no door passes on, by the tables of Unicode.
fn is_bad(letter: char) -> bool {
    let code = u32::from(letter);
    letter.is_control()
        || [0x2028, 0x2029, 0xfeff].contains(&code)
        || [0x202a..=0x202e, 0x2066..=0x2069, 0xfff9..=0xfffb]
            .iter()
            .any(|bad| bad.contains(&code))
        || (0xfdd0..=0xfdef).contains(&code)
        || code % 0x10000 >= 0xfffe
        || (0xe0000..=0xe007f).contains(&code)
}

fn all() -> String {
    ('\0'..=char::MAX).collect()
}

/// Texts in which hazards, formulas and markup are frequent.
fn texts() -> impl Strategy<Value = String> {
    let odd = "[\0-\u{20}\u{7f}-\u{a0}\u{200b}-\u{2069}\u{feff}\u{ffff}=+@＝＋\\-`<>|#*\\[\\]]";
    let odd = proptest::string::string_regex(odd).unwrap();
    let part = prop_oneof![
        odd,
        "[a-zа-яا-ي ]{0,3}",
        any::<char>().prop_map(String::from)
    ];
    proptest::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
}

#[derive(Serialize)]
struct Item {
    text: Value,
}

impl Row for Item {
    const COLUMNS: &'static [(&'static str, &'static str)] = &[("text", "/text")];
}

#[test]
fn each_character_leaves_as_it_is_or_as_one_that_is_safe() {
    let all = all();
    assert!(all.contains(is_bad));
    for (was, shown) in all.chars().zip(line(&all).chars()) {
        assert!(was == shown || (is_hazard(was) && [' ', '\u{fffd}'].contains(&shown)));
    }
    for shown in [line(&all).into_owned(), csv(&all), markdown(&all)] {
        assert!(!shown.contains(is_bad) && shown.chars().count() >= all.chars().count());
    }
    let shown = lines(&all);
    let others = |letter: char| is_bad(letter) && !['\n', '\t'].contains(&letter);
    assert!(!shown.contains(others) && shown.contains("\t\n"));
    let is_xml = |letter| matches!(letter, '\t' | '\n' | ' '..='\u{fffd}' | '\u{10000}'..);
    assert!(shown.chars().all(is_xml), "XML 1.0 has no other characters");
}

#[test]
fn a_line_is_one_line_and_lines_keep_their_breaks() {
    for (text, one, many) in [
        ("a\tb\nc\r\nd", "a b c  d", "a\tb\nc\r\nd"),
        (
            "done\rrow 1 refused",
            "done row 1 refused",
            "done row 1 refused",
        ),
        (
            "\u{1b}[2J\u{9b}2J",
            "\u{fffd}[2J\u{fffd}2J",
            "\u{fffd}[2J\u{fffd}2J",
        ),
        (
            "a\u{202e}b\u{2066}c",
            "a\u{fffd}b\u{fffd}c",
            "a\u{fffd}b\u{fffd}c",
        ),
        ("a\u{85}b\u{2028}c", "a b c", "a b c"),
    ] {
        assert_eq!(line(text), one);
        assert_eq!(lines(text), many);
    }
}

#[test]
fn what_arabic_persian_and_emoji_are_written_with_stays() {
    for text in [
        "\u{200e}2023\u{200f}",
        "می\u{200c}خواهم",
        "👩\u{200d}🚀",
        "\u{61c}-5",
    ] {
        assert!(matches!(line(text), Cow::Borrowed(same) if same == text));
        assert!(matches!(lines(text), Cow::Borrowed(same) if same == text));
    }
}

#[test]
fn markup_is_escaped() {
    let escaped = "\\[x\\](http://e) \\| \\<b\\>\\* \\#";
    assert_eq!(markdown("[x](http://e) | <b>*\n#"), escaped);
}

#[test]
fn json_keeps_its_value() {
    let value = json!({"a\u{202e}": [all(), "\u{1b}", 1], "\u{ffff}": null});
    for text in [value.to_string(), format!("{value:#}")] {
        let escaped = json(&text);
        assert!(!escaped.contains(|letter: char| letter != '\n' && is_bad(letter)));
        assert_eq!(serde_json::from_str::<Value>(&escaped).unwrap(), value);
    }
}

proptest! {
    #[test]
    fn no_cell_has_a_hazard_or_begins_a_formula(texts in proptest::collection::vec(texts(), 0..4)) {
        for text in [json!(texts), json!(texts.concat()), json!({"a": texts})] {
            let cells = table::cells(&Item { text }).unwrap();
            for cell in cells {
                prop_assert!(!cell.contains(is_bad), "{cell:?}");
                for value in cell.split("; ") {
                    let seen = value.trim_start_matches(|letter: char| {
                        letter.is_whitespace() || ('\u{200b}'..='\u{200f}').contains(&letter)
                    });
                    prop_assert!(!seen.starts_with(['=', '+', '-', '@', '＝', '＋']), "{cell:?}");
                }
            }
        }
    }

    #[test]
    fn no_markup_in_a_text_is_left(text in texts()) {
        let escaped = markdown(&text);
        prop_assert!(!escaped.contains(is_bad));
        let mut letters = escaped.chars();
        while let Some(letter) = letters.next() {
            match letter {
                '\\' => prop_assert!(letters.next().is_some()),
                other => prop_assert!(!"`*_[]<>|#~!&".contains(other), "{escaped:?}"),
            }
        }
    }
}
