//! Dates for people: an EDTF date in words, in the language of the page.

use detente_domain::party::Lang;

use crate::text::Texts;

/// The names of months, from January.
const ENGLISH: &str = "January February March April May June July August September October November \
    December";
const ARABIC: &str = "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر";
/// The names of months in Russian: alone; after a day, or after such as *from*; and after *between*.
const RUSSIAN: [&str; 3] = [
    "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "январём февралём мартом апрелем маем июнем июлем августом сентябрём октябрём ноябрём декабрём",
];

/// What a date stands after.
#[derive(Clone, Copy)]
enum After {
    /// Nothing.
    Nothing,
    /// A word such as *from*, *until* or *about*.
    Word,
    /// The word *between*.
    Between,
}

/// Writes the dates of a sentence, such as `since 2023-03-23`, in words.
pub(crate) fn in_words(sentence: &str, texts: Texts) -> String {
    // In Arabic they have marks of direction around them, which words do not need.
    let mark = '\u{200e}';
    let is_part = |letter: char| letter.is_ascii_digit() || "-/~?%.X".contains(letter);
    let (mut written, mut rest) = (String::with_capacity(sentence.len()), sentence);
    while let Some((before, from)) = rest.find(is_part).and_then(|at| rest.split_at_checked(at)) {
        let end = from.find(|letter| !is_part(letter));
        let (run, after) = from.split_at(end.unwrap_or(from.len()));
        let ended = run.strip_suffix('.').filter(|run| !run.ends_with("/."));
        let date = ended.unwrap_or(run);
        let month = date.trim_start_matches(['.', '/']).get(..7);
        if month.is_some_and(|month| civil(month, texts.lang, After::Nothing).is_some()) {
            written.push_str(before.trim_end_matches(mark));
            written.push_str(&words(date, texts));
            rest = after.trim_start_matches(mark);
        } else {
            written.push_str(before);
            written.push_str(date);
            rest = after;
        }
        if ended.is_some() {
            written.push('.');
        }
    }
    written.push_str(rest);
    written
}

/// Writes an EDTF date in words: `2022-07-02`, `2022-07`, `2022?`, `2021-08/2023-04~`, `../2023`.
/// What it does not know is written as it is.
pub(crate) fn words(edtf: &str, texts: Texts) -> String {
    let Some((from, to)) = edtf.split_once('/') else {
        return point(edtf, texts, After::Nothing);
    };
    match (from.trim_matches('.'), to.trim_matches('.')) {
        ("", "") => texts.say("date-open").into_owned(),
        ("", to) => texts
            .with("date-until", [("to", point(to, texts, After::Word).into())])
            .into_owned(),
        (from, "") => texts
            .with(
                "date-from",
                [("from", point(from, texts, After::Word).into())],
            )
            .into_owned(),
        (from, to) => {
            let [from, to] = [from, to].map(|date| point(date, texts, After::Between));
            let args = [("from", from.into()), ("to", to.into())];
            texts.with("date-between", args).into_owned()
        }
    }
}

/// Writes a date that is no interval.
fn point(edtf: &str, texts: Texts, after: After) -> String {
    let plain = edtf.trim_end_matches(['?', '~', '%']);
    let (key, after) = match edtf.get(plain.len()..) {
        Some("?") => (Some("date-uncertain"), after),
        Some("~") => (Some("date-about"), After::Word),
        Some("%") => (Some("date-about-uncertain"), After::Word),
        _ => (None, after),
    };
    let date = civil(plain, texts.lang, after).unwrap_or_else(|| plain.to_owned());
    match key {
        Some(key) => texts.with(key, [("date", date.into())]).into_owned(),
        None => date,
    }
}

/// Writes `2022-07-02`, `2022-07` or `2022`; of `2022-07-XX` and `2022-XX-XX` what is known.
fn civil(date: &str, lang: Lang, after: After) -> Option<String> {
    let date = date.trim_end_matches("-XX");
    let mut parts = date.splitn(3, '-');
    let year = parts.next().filter(|year| is_number(year))?;
    let Some(month) = parts.next() else {
        return Some(year.to_owned());
    };
    let month: usize = month.parse().ok().filter(|_| is_number(month))?;
    let day = parts.next();
    let [alone, inflected, between] = RUSSIAN;
    let months = match (lang, after, day) {
        (Lang::En, ..) => ENGLISH,
        (Lang::Ar, ..) => ARABIC,
        (Lang::Ru, After::Nothing, None) => alone,
        (Lang::Ru, After::Between, None) => between,
        (Lang::Ru, ..) => inflected,
    };
    let month = months.split_whitespace().nth(month.checked_sub(1)?)?;
    let Some(day) = day else {
        return Some(format!("{month} {year}"));
    };
    let day: u8 = day.parse().ok().filter(|_| is_number(day))?;
    Some(format!("{day} {month} {year}"))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_in_the_words_of_each_language() {
        let en = Texts { lang: Lang::En };
        for (edtf, text) in [
            ("2022-07-02", "2 July 2022"),
            ("2022-07", "July 2022"),
            ("2022", "2022"),
            ("2022?", "2022 (uncertain)"),
            ("2022-07~", "about July 2022"),
            (
                "2021-08-15/2023-04-30",
                "between 15 August 2021 and 30 April 2023",
            ),
            ("../2023", "until 2023"),
            ("2023/..", "from 2023"),
            ("202X", "202X"),
            ("2022-07-XX", "July 2022"),
            ("2022-XX-XX", "2022"),
            ("2022-13-01", "2022-13-01"),
            ("", ""),
        ] {
            assert_eq!(words(edtf, en), text);
        }
        assert_eq!(
            words("2022-07-02", Texts { lang: Lang::Ar }),
            "2 يوليو 2022"
        );
        for (edtf, text) in [
            ("2022-07-02", "2 июля 2022"),
            ("2022-07", "июль 2022"),
            ("2022-07~", "около июля 2022"),
            ("../2022-07", "до июля 2022"),
            ("2022-02/2022-09", "между февралём 2022 и сентябрём 2022"),
        ] {
            assert_eq!(words(edtf, Texts { lang: Lang::Ru }), text);
        }
    }

    #[test]
    fn the_dates_of_a_sentence_are_written_in_words() {
        for (lang, sentence, text) in [
            (
                Lang::En,
                "index -5.3, from 2022-07-02 until 2023-04-18.",
                "index -5.3, from 2 July 2022 until 18 April 2023.",
            ),
            (
                Lang::En,
                "by mission opened, 2022-07/2022-09. 12.0 against 0.1, 2022",
                "by mission opened, between July 2022 and September 2022. 12.0 against 0.1, 2022",
            ),
            (Lang::En, "open, 2022-07/..", "open, from July 2022"),
            (
                Lang::Ar,
                "منذ \u{200e}2022-07-02\u{200e}",
                "منذ 2 يوليو 2022",
            ),
            (Lang::Ru, "с 2022-07-02 до 2023", "с 2 июля 2022 до 2023"),
            (Lang::En, "2022-13-01 and A-10", "2022-13-01 and A-10"),
            (Lang::En, "", ""),
        ] {
            assert_eq!(in_words(sentence, Texts { lang }), text);
        }
    }
}
