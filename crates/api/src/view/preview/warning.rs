//! Warnings of a preview, as sentences in each language.

use detente_domain::day::Day;
use detente_domain::grade::Grade;
use detente_domain::party::Lang;
use detente_domain::string_enum;
use serde::{Deserialize, Serialize};

use super::SimilarView;
use crate::view::labels::Label;
use crate::view::localized::{figure, title_in};

string_enum! {
    /// The stable code of a warning; new ones may be added.
    #[derive(Serialize, Deserialize, schemars::JsonSchema)]
    #[serde(rename_all = "snake_case")]
    WarningCode {
        /// The whole date is after today.
        FutureDate "future_date",
        /// The event affects the state of no relation.
        NoSecondParty "no_second_party",
        /// The log has an event that is probably the same.
        LikelyDuplicate "likely_duplicate",
        /// An earlier row has the same id, or the same kind, parties, details and date.
        DuplicateRow "duplicate_row",
        /// The grade is too weak for what the kind opens or closes.
        BelowLadder "below_ladder",
        /// No level and no entry of a register would change.
        Unchanged "unchanged",
        /// The log has a record with the id of the event.
        AlreadyReported "already_reported",
    }
}

const NO_SECOND_PARTY: Label = Label::new(
    "The state of no relation is affected: name the other side among the recipients. Or the members \
     of the organisation are not known, or an organisation is the recipient.",
    "لا تتأثر حالة أي علاقة: اذكر الطرف الآخر بين المتلقّين. وقد يكون السبب أن أعضاء المنظمة غير \
     معروفين، أو أن المتلقّي منظمة.",
    "Состояние ни одного отношения не затронуто: укажите другую сторону среди адресатов. Либо \
     неизвестны члены этой организации, либо адресат — организация.",
);
const UNCHANGED: Label = Label::new(
    "No level and no entry of a register would change.",
    "لن يتغير أي مستوى ولا أي قيد في سجل.",
    "Ни один уровень и ни одна запись реестра не изменится.",
);
const ALREADY_REPORTED: Label = Label::new(
    "The log has a record with this id: the same event again is a repeat, and another one is \
     refused.",
    "في السجل قيد بهذا المعرّف: إرسال الحدث نفسه تكرار، وغيره يُرفض.",
    "В журнале есть запись с этим идентификатором: то же событие будет повтором, а другое \
     отклонено.",
);

/// A warning about a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct WarningView {
    /// The number of the row.
    pub row: usize,
    /// The stable code.
    pub code: WarningCode,
    /// A sentence for people, in the language of the request.
    pub message: String,
}

/// A warning, with the facts that its sentence names.
#[derive(Clone, Copy, Debug)]
pub enum Warning<'a> {
    /// The whole date is after today.
    FutureDate {
        /// The date, in EDTF.
        date: &'a str,
        /// Today.
        today: Day,
    },
    /// The event affects the state of no relation.
    NoSecondParty,
    /// The log has events that are probably the same.
    LikelyDuplicate {
        /// The nearest of them.
        of: &'a SimilarView,
    },
    /// An earlier row has the same id, or the same kind, parties, details and date.
    DuplicateRow {
        /// The number of that row.
        earlier: usize,
        /// True if the ids are the same.
        same_id: bool,
    },
    /// The grade is too weak for what the kind opens or closes.
    BelowLadder {
        /// The grade.
        grade: Grade,
        /// The weakest grade that is strong enough.
        ladder: Grade,
    },
    /// No level and no entry of a register would change.
    Unchanged,
    /// The log has a record with the id of the event.
    AlreadyReported,
}

// === impl Warning ===

impl Warning<'_> {
    /// Returns the view of the warning about a row.
    #[must_use]
    pub fn view(self, row: usize, lang: Lang) -> WarningView {
        WarningView {
            row,
            code: self.code(),
            message: self.sentence(row, lang),
        }
    }

    const fn code(self) -> WarningCode {
        match self {
            Self::FutureDate { .. } => WarningCode::FutureDate,
            Self::NoSecondParty => WarningCode::NoSecondParty,
            Self::LikelyDuplicate { .. } => WarningCode::LikelyDuplicate,
            Self::DuplicateRow { .. } => WarningCode::DuplicateRow,
            Self::BelowLadder { .. } => WarningCode::BelowLadder,
            Self::Unchanged => WarningCode::Unchanged,
            Self::AlreadyReported => WarningCode::AlreadyReported,
        }
    }

    fn sentence(self, row: usize, lang: Lang) -> String {
        match self {
            Self::FutureDate { date, today } => future(date, today, lang),
            Self::NoSecondParty => NO_SECOND_PARTY.text(lang).to_owned(),
            Self::LikelyDuplicate { of } => duplicate(of, lang),
            Self::DuplicateRow { earlier, same_id } => duplicate_row(row, earlier, same_id, lang),
            Self::BelowLadder { grade, ladder } => below_ladder(grade, ladder, lang),
            Self::Unchanged => UNCHANGED.text(lang).to_owned(),
            Self::AlreadyReported => ALREADY_REPORTED.text(lang).to_owned(),
        }
    }
}

fn future(date: &str, today: Day, lang: Lang) -> String {
    let (date, today) = (figure(date, lang), figure(&today.to_string(), lang));
    match lang {
        Lang::En => {
            format!("The date, {date}, is after today, {today}; nothing changes before it.")
        }
        Lang::Ar => format!("التاريخ {date} بعد اليوم {today}؛ لا يتغير شيء قبله."),
        Lang::Ru => format!("Дата {date} позже сегодняшней, {today}; до неё ничего не изменится."),
    }
}

fn below_ladder(grade: Grade, ladder: Grade, lang: Lang) -> String {
    let [grade, ladder] = [grade, ladder].map(|grade| figure(&grade.to_string(), lang));
    match lang {
        Lang::En => format!(
            "The grade, {grade}, is too weak for this kind to open or close anything: that takes \
             {ladder} or better."
        ),
        Lang::Ar => format!(
            "الدرجة {grade} أضعف من أن يُثبِت بها هذا النوع شيئًا أو ينهيه: يلزم {ladder} أو أفضل."
        ),
        Lang::Ru => format!(
            "Оценка {grade} слишком слаба, чтобы событие этого вида что-либо открыло или закрыло: \
             нужна {ladder} или выше."
        ),
    }
}

fn duplicate(of: &SimilarView, lang: Lang) -> String {
    let title = title_in(&of.title, lang).unwrap_or_default();
    let title = title.trim_end_matches('.');
    let (date, id) = (figure(&of.occurred, lang), figure(&of.id.to_string(), lang));
    match lang {
        Lang::En => format!(
            "The log probably has this event: “{title}”, {date} ({id}). Add the publication to \
             that one, or link both."
        ),
        Lang::Ar => format!(
            "هذا الحدث مسجَّل على الأرجح: «{title}»، {date} ({id}). أضِف المصدر إلى ذلك الحدث، أو \
             اربط الحدثين."
        ),
        Lang::Ru => format!(
            "Это событие, вероятно, уже есть: «{title}», {date} ({id}). Добавьте публикацию к нему \
             или свяжите оба события."
        ),
    }
}

fn duplicate_row(row: usize, earlier: usize, same_id: bool, lang: Lang) -> String {
    match (lang, same_id) {
        (Lang::En, false) => format!(
            "Row {row} is like row {earlier}, and both would be stored: if they are one event, \
             report it once."
        ),
        (Lang::Ar, false) => format!(
            "السطر {row} مثل السطر {earlier}، وسيُحفظ كلاهما: إن كانا حدثًا واحدًا فأبلِغ عنه مرة واحدة."
        ),
        (Lang::Ru, false) => format!(
            "Строка {row} такая же, как строка {earlier}, и сохранены будут обе: если это одно \
             событие, сообщите о нём один раз."
        ),
        (Lang::En, true) => {
            format!("Row {row} has the id of row {earlier}: only the first of them is stored.")
        }
        (Lang::Ar, true) => {
            format!("للسطر {row} معرّف السطر {earlier}: لا يُحفظ منهما إلا الأول.")
        }
        (Lang::Ru, true) => format!(
            "У строки {row} тот же идентификатор, что у строки {earlier}: сохраняется только первая \
             из них."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_the_words_of_the_json() {
        for code in WarningCode::ALL {
            assert_eq!(serde_json::json!(code), serde_json::json!(code.as_str()));
        }
    }

    #[test]
    fn every_warning_has_a_sentence_in_each_language() {
        let grade = |text| Grade::parse(text).unwrap();
        let warnings = [
            Warning::FutureDate {
                date: "2030",
                today: Day::new(0),
            },
            Warning::NoSecondParty,
            Warning::DuplicateRow {
                earlier: 1,
                same_id: false,
            },
            Warning::DuplicateRow {
                earlier: 1,
                same_id: true,
            },
            Warning::BelowLadder {
                grade: grade("F6"),
                ladder: grade("C3"),
            },
            Warning::Unchanged,
            Warning::AlreadyReported,
        ];
        for warning in warnings {
            let sentences = Lang::ALL.map(|lang| warning.view(1, lang).message);
            assert!(sentences.iter().all(|sentence| sentence.ends_with('.')));
            assert_ne!(sentences[0], sentences[1]);
            assert_ne!(sentences[1], sentences[2]);
        }
        let future = warnings[0].view(1, Lang::En).message;
        assert_eq!(
            future,
            "The date, 2030, is after today, 1970-01-01; nothing changes before it."
        );
    }
}
