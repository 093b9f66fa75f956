//! Dates for people: an EDTF date in words, in the language of the page.

use detente_domain::party::Lang;

use crate::text::Texts;

/// The names of months, from January.
const MONTHS: [[&str; 12]; 3] = [
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    [
        "يناير",
        "فبراير",
        "مارس",
        "أبريل",
        "مايو",
        "يونيو",
        "يوليو",
        "أغسطس",
        "سبتمبر",
        "أكتوبر",
        "نوفمبر",
        "ديسمبر",
    ],
    [
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ],
];
/// The names of months in Russian, where no day precedes them.
const RUSSIAN_ALONE: [&str; 12] = [
    "январь",
    "февраль",
    "март",
    "апрель",
    "май",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
];

/// Writes an EDTF date in words: `2022-07-02`, `2022-07`, `2022?`, `2021-08/2023-04~`, `../2023`.
/// What it does not know is written as it is.
pub(crate) fn words(edtf: &str, texts: Texts) -> String {
    let Some((from, to)) = edtf.split_once('/') else {
        return point(edtf, texts);
    };
    match (from.trim_matches('.'), to.trim_matches('.')) {
        ("", "") => texts.say("date-open").into_owned(),
        ("", to) => texts
            .with("date-until", [("to", point(to, texts).into())])
            .into_owned(),
        (from, "") => texts
            .with("date-from", [("from", point(from, texts).into())])
            .into_owned(),
        (from, to) => {
            let [from, to] = [from, to].map(|date| point(date, texts));
            let args = [("from", from.into()), ("to", to.into())];
            texts.with("date-between", args).into_owned()
        }
    }
}

/// Writes a date that is no interval.
fn point(edtf: &str, texts: Texts) -> String {
    let plain = edtf.trim_end_matches(['?', '~', '%']);
    let date = civil(plain, texts.lang).unwrap_or_else(|| plain.to_owned());
    let key = match edtf.get(plain.len()..) {
        Some("?") => "date-uncertain",
        Some("~") => "date-about",
        Some("%") => "date-about-uncertain",
        _ => return date,
    };
    texts.with(key, [("date", date.into())]).into_owned()
}

/// Writes `2022-07-02`, `2022-07` or `2022`.
fn civil(date: &str, lang: Lang) -> Option<String> {
    let mut parts = date.splitn(3, '-');
    let year = parts.next().filter(|year| is_number(year))?;
    let Some(month) = parts.next() else {
        return Some(year.to_owned());
    };
    let month: usize = month.parse().ok().filter(|_| is_number(month))?;
    let index = month.checked_sub(1)?;
    let name = |months: &[&'static str; 12]| months.get(index).copied();
    let [en, ar, ru] = &MONTHS;
    let Some(day) = parts.next() else {
        let month = match lang {
            Lang::En => name(en)?,
            Lang::Ar => name(ar)?,
            Lang::Ru => name(&RUSSIAN_ALONE)?,
        };
        return Some(format!("{month} {year}"));
    };
    let day: u8 = day.parse().ok().filter(|_| is_number(day))?;
    let month = match lang {
        Lang::En => name(en)?,
        Lang::Ar => name(ar)?,
        Lang::Ru => name(ru)?,
    };
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
            ("2022-13-01", "2022-13-01"),
            ("", ""),
        ] {
            assert_eq!(words(edtf, en), text);
        }
        assert_eq!(
            words("2022-07-02", Texts { lang: Lang::Ar }),
            "2 يوليو 2022"
        );
        assert_eq!(words("2022-07-02", Texts { lang: Lang::Ru }), "2 июля 2022");
        assert_eq!(words("2022-07", Texts { lang: Lang::Ru }), "июль 2022");
    }
}
