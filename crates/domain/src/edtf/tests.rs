//! Dates that are parsed and refused, and the texts of bounds.

use super::*;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// Parses each text of a table and compares its bounds; `..` is an open end.
#[track_caller]
fn spans(table: &str) {
    for row in table.trim().lines() {
        let [text, earliest, latest] = row.split_whitespace().collect::<Vec<_>>()[..] else {
            panic!("not a row: {row}");
        };
        let date = Edtf::parse(text).unwrap();
        let bounds = (date.earliest().to_string(), date.latest().to_string());
        assert_eq!(bounds, (earliest.to_owned(), latest.to_owned()), "{text}");
        assert!(date.earliest() <= date.latest(), "{text}");
        assert_eq!((date.text(), date.to_string().as_str()), (text, text));
    }
}

#[test]
fn each_form_has_its_first_and_last_day() {
    spans(
        "2021-08-15  2021-08-15  2021-08-15
         2021-08     2021-08-01  2021-08-31
         2024-02     2024-02-01  2024-02-29
         2021-12     2021-12-01  2021-12-31
         2021        2021-01-01  2021-12-31
         202X        2020-01-01  2029-12-31
         20XX        2000-01-01  2099-12-31
         2021-XX     2021-01-01  2021-12-31
         2021-XX-XX  2021-01-01  2021-12-31
         2021-08-XX  2021-08-01  2021-08-31
         9999-12     9999-12-01  9999-12-31
         0001        0001-01-01  0001-12-31",
    );
}

#[test]
fn seasons_are_northern_and_winter_runs_into_the_next_year() {
    spans(
        "2021-21  2021-03-01  2021-05-31
         2021-22  2021-06-01  2021-08-31
         2021-23  2021-09-01  2021-11-30
         2021-24  2021-12-01  2022-02-28
         2023-24  2023-12-01  2024-02-29
         9999-24  9999-12-01  9999-12-31",
    );
}

#[test]
fn intervals_run_from_the_first_day_of_one_to_the_last_of_the_other() {
    spans(
        "2021-08/2022-12          2021-08-01  2022-12-31
         2021-08-15/2023          2021-08-15  2023-12-31
         2021/2021-03             2021-01-01  2021-03-31
         ../2021-08               ..          2021-08-31
         /2021-08                 ..          2021-08-31
         2021-08/..               2021-08-01  ..
         2021-08/                 2021-08-01  ..
         2021-08-15?/2021-08-16~  2021-08-15  2021-08-16",
    );
}

#[test]
fn marks_leave_the_bounds() {
    spans(
        "2021-12?        2021-12-01  2021-12-31
         2021-12~        2021-12-01  2021-12-31
         2021-12%        2021-12-01  2021-12-31
         2021-12-05?     2021-12-05  2021-12-05
         2021-12?/2022   2021-12-01  2022-12-31
         2021-12?/2022~  2021-12-01  2022-12-31
         ../2022~        ..          2022-12-31",
    );
}

#[test]
fn other_texts_are_refused_with_a_reason() {
    type Make = fn(String) -> EdtfError;
    let form: Make = EdtfError::Form;
    let clock: Make = EdtfError::TimeOfDay;
    let year: Make = EdtfError::YearOutOfRange;
    let day: Make = EdtfError::NoSuchDay;
    let reversed: Make = EdtfError::Reversed;
    for (text, refusal) in [
        ("", form),
        ("yesterday", form),
        ("Tuesday", form),
        ("15.08.2021", form),
        ("2021-8-1", form),
        (" 2021", form),
        ("2021-08-15 ", form),
        ("20x1", form),
        ("2XXX", form),
        ("202X-08", form),
        ("2021-XX-05", form),
        ("2021??", form),
        ("../..", form),
        ("/", form),
        ("/..", form),
        ("2021/2022/2023", form),
        ("٢٠٢١", form),
        ("２０２１", form),
        ("2021‑08", form),
        ("2021-08-15T10:00:00Z", clock),
        ("2021-08-15T10", clock),
        ("2021-08-15 10:00", clock),
        ("0000", year),
        ("000X", year),
        ("-0043", year),
        ("+2021", year),
        ("Y17000", year),
        ("12021-08", year),
        ("2021/10000", year),
        ("202108", form),
        ("202108?", form),
        ("2021227", form),
        ("20210230", form),
        ("202108/2022", form),
        ("999999999", year),
        ("2021-13", day),
        ("2021-00", day),
        ("2021-02-29", day),
        ("2021-04-31", day),
        ("2021-08-00", day),
        ("2021-21-XX", day),
        ("2022/2021", reversed),
        ("2021-08-16/2021-08-15", reversed),
        ("2021-09/2021-08", reversed),
    ] {
        assert_eq!(Edtf::parse(text), Err(refusal(text.to_owned())), "{text:?}");
    }
    assert_eq!(
        Edtf::parse(&"2".repeat(65)),
        Err(EdtfError::TooLong { bytes: 65 })
    );
}

#[test]
fn the_basic_form_is_refused_with_its_hyphens() {
    for (text, hyphenated) in [
        ("20210815", "2021-08-15"),
        ("20210815?", "2021-08-15?"),
        ("20210815/20210816", "2021-08-15/2021-08-16"),
        ("../20210815", "../2021-08-15"),
        ("2021-08/20210815", "2021-08/2021-08-15"),
    ] {
        let expected = EdtfError::Basic {
            given: text.to_owned(),
            extended: hyphenated.to_owned(),
        };
        assert!(expected.to_string().ends_with(hyphenated), "{expected}");
        assert_eq!(Edtf::parse(text), Err(expected));
        assert!(Edtf::parse(hyphenated).is_ok(), "{hyphenated}");
        assert_eq!(extended(text).as_deref(), Some(hyphenated));
        assert_eq!(extended(hyphenated), None);
    }
    for other in [
        "",
        "20210230",
        "202108",
        "202108150",
        "2021-08-15",
        "日本日本日本日本",
    ] {
        assert_eq!(extended(other), None, "{other}");
    }
}

#[test]
fn a_refusal_names_the_text_and_what_is_allowed() {
    let refusal = Edtf::parse("2021-8").unwrap_err().to_string();
    assert!(
        refusal.contains("\"2021-8\"") && refusal.contains("YYYY-MM-DD"),
        "{refusal}"
    );
}

#[test]
fn bounds_have_the_shortest_text() {
    for text in [
        "2022",
        "2022-03",
        "2023-03-23",
        "2021-08/2023-04",
        "2021/2023",
        "2022-01/2022-03",
        "2021-08-15/2023-04-17",
        "2022-01-01/2022-03-15",
        "../2022-03-15",
        "2021-08-15/..",
    ] {
        let date = Edtf::parse(text).unwrap();
        assert_eq!(canonical(date.earliest(), date.latest()), text);
    }
    assert_eq!(canonical(Day::MIN, Day::MAX), "../..");
    assert_eq!(canonical(day("2022-03-31"), day("2022-03-01")), "2022-03");
    let date = Edtf::day(day("2023-03-23"));
    assert_eq!(Edtf::parse("2023-03-23"), Ok(date.clone()));
    assert_eq!(
        (date.earliest(), date.latest()),
        (day("2023-03-23"), day("2023-03-23"))
    );
}

/// A pseudo-random generator with a fixed seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound).unwrap()).unwrap()
    }
}

#[test]
fn no_text_panics_and_dates_round_trip() {
    let pieces = [
        "2",
        "0",
        "1",
        "9",
        "X",
        "XX",
        "-",
        "/",
        "..",
        ".",
        "?",
        "~",
        "%",
        "T",
        ":",
        "Y",
        "+",
        " ",
        "2021",
        "0000",
        "9999",
        "-08",
        "-24",
        "-XX",
        "-15",
        "12",
        "31",
        "é",
        "٢",
        "日",
        "\u{0}",
        "\u{1F600}",
        "e",
        "Z",
    ];
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let mut parsed = 0_u32;
    for _ in 0..100_000 {
        let count = dice.below(9);
        let text: String = (0..count)
            .map(|_| pieces[dice.below(pieces.len())])
            .collect();
        let Ok(date) = Edtf::parse(&text) else {
            continue;
        };
        parsed += 1;
        assert!(date.earliest() <= date.latest(), "{text}");
        let again = Edtf::parse(&canonical(date.earliest(), date.latest())).unwrap();
        assert_eq!(
            (again.earliest(), again.latest()),
            (date.earliest(), date.latest()),
            "{text}"
        );
    }
    assert!(parsed > 500, "only {parsed} of the texts were dates");
}
