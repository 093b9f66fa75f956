//! Labels of dimensions, registers, levels, statuses and roles, in each language.
//!
//! Sentences put a label after a colon or in quotation marks, so that it need not agree with other
//! words.

mod details;
mod levels;
mod statuses;

use detente_domain::dimension::{Dimension, Register, Weighed};
use detente_domain::fold::why::EvidenceRole;
use detente_domain::party::Lang;
use detente_domain::state::Occasion;

use super::ABSENT;
use crate::topic::Topic;

pub use details::{detail, key};
pub use levels::trajectory;

/// A text in each language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// In English.
    pub en: &'static str,
    /// In Arabic.
    pub ar: &'static str,
    /// In Russian.
    pub ru: &'static str,
}

/// What is not known.
pub const UNKNOWN: Label = Label::new("unknown", "غير معروف", "неизвестно");
/// The mark of a value within the bounds of an imprecise date.
pub const UNCERTAIN: Label = Label::new(
    "within an imprecise date",
    "ضمن تاريخ غير دقيق",
    "дата неточная",
);
/// The mark of a level without new evidence.
pub const STALE: Label = Label::new("stale", "بلا جديد", "без новых данных");
/// The mark of a recognition that is not declared.
pub const PRESUMED: Label = Label::new("presumed", "مفترض", "презюмируется");
/// The mark of a value that rests on a disputed event.
pub const DISPUTED: Label = Label::new("disputed", "متنازع عليه", "оспаривается");
/// The mark of a dimension with much warmth and much strain.
pub const MIXED: Label = Label::new("mixed", "متضارب", "противоречиво");
/// The highest level that the facts allow.
pub const CEILING: Label = Label::new("ceiling", "السقف", "потолок");
/// The lowest level that the facts allow.
pub const FLOOR: Label = Label::new("floor", "الحد الأدنى", "нижний предел");
/// Machine-coded rows, which give no level.
pub const LEADS: Label = Label::new("leads", "مؤشرات آلية", "машинные сигналы");
/// Stands before the authority that holds a mission.
pub const HELD_BY: Label = Label::new("held by", "بإدارة", "под управлением:");
/// Stands before the organisation whose act counts for its members.
pub const VIA: Label = Label::new("via", "عبر", "через:");

impl Label {
    /// Creates a label.
    #[must_use]
    pub const fn new(en: &'static str, ar: &'static str, ru: &'static str) -> Self {
        Self { en, ar, ru }
    }

    /// Returns the text in a language.
    #[must_use]
    pub const fn text(self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::Ar => self.ar,
            Lang::Ru => self.ru,
        }
    }
}

const fn label(en: &'static str, ar: &'static str, ru: &'static str) -> Label {
    Label::new(en, ar, ru)
}

/// Returns the label of a dimension.
#[must_use]
pub const fn dimension(dimension: Dimension) -> Label {
    match dimension {
        Dimension::Recognition => label("recognition", "الاعتراف", "признание"),
        Dimension::Declared => label(
            "declared stance on recognition",
            "الموقف المعلن من الاعتراف",
            "заявленная позиция о признании",
        ),
        Dimension::Representation => label(
            "representation",
            "التمثيل الدبلوماسي",
            "дипломатическое представительство",
        ),
        Dimension::Weighed(weighed) => self::weighed(weighed),
        Dimension::Posture => label("posture", "الموقف العام", "общее отношение"),
    }
}

/// Returns the heading of a dimension in a table, which is shorter than its label.
#[must_use]
pub const fn heading(dimension: Dimension) -> Label {
    match dimension {
        Dimension::Declared => label("declared", "المعلن", "заявлено"),
        Dimension::Representation => label("representation", "التمثيل", "представительство"),
        Dimension::Weighed(weighed) => match weighed {
            Weighed::Political => label("political", "السياسي", "политика"),
            Weighed::Security => label("security", "الأمني", "безопасность"),
            Weighed::Economic => label("economic", "الاقتصادي", "экономика"),
            Weighed::Humanitarian => label("humanitarian", "الإنساني", "гуманитарная сфера"),
            Weighed::Societal => label("societal", "المجتمعي", "общество"),
            Weighed::Threat => label("threat", "التهديد", "угроза"),
        },
        Dimension::Recognition | Dimension::Posture => self::dimension(dimension),
    }
}

/// Returns the label of a weighed dimension.
#[must_use]
pub const fn weighed(weighed: Weighed) -> Label {
    match weighed {
        Weighed::Political => label("political", "البعد السياسي", "политика"),
        Weighed::Security => label("security", "البعد الأمني", "безопасность"),
        Weighed::Economic => label("economic", "البعد الاقتصادي", "экономика"),
        Weighed::Humanitarian => label("humanitarian", "البعد الإنساني", "гуманитарная сфера"),
        Weighed::Societal => label("societal", "البعد المجتمعي", "общественная сфера"),
        Weighed::Threat => label("threat", "التهديد", "угроза"),
    }
}

/// Returns the label of a register.
#[must_use]
pub const fn register(register: Register) -> Label {
    match register {
        Register::Relations => label(
            "diplomatic relations",
            "العلاقات الدبلوماسية",
            "дипломатические отношения",
        ),
        Register::Missions => label("missions", "البعثات", "представительства"),
        Register::Envoys => label("envoys", "المبعوثون", "посланники"),
        Register::Listings => label("listings", "القوائم", "списки"),
        Register::Sanctions => label("sanctions", "العقوبات", "санкции"),
        Register::Borders => label("borders", "الحدود", "границы"),
        Register::Airspace => label("airspace", "المجال الجوي", "воздушное пространство"),
        Register::Visas => label("visas", "التأشيرات", "визы"),
        Register::Trade => label("trade", "التجارة", "торговля"),
        Register::Agreements => label("agreements", "الاتفاقات", "соглашения"),
        Register::Alliances => label("alliances", "التحالفات", "союзы"),
        Register::Memberships => label("memberships", "العضويات", "членство в организациях"),
        Register::Wars => label("wars", "الحروب", "войны"),
        Register::Occupations => {
            label("occupations", "الأراضي المحتلة", "оккупированные территории")
        }
        Register::Deployments => label("deployments", "انتشار القوات", "размещение войск"),
        Register::Groups => label("groups", "الجماعات المسلحة", "вооружённые группы"),
        Register::Detentions => label("detentions", "المحتجزون", "задержанные и заложники"),
        Register::Projects => label("projects", "المشاريع", "проекты"),
        Register::Meetings => label("meetings", "الاجتماعات", "встречи"),
        Register::Channels => label("channels", "قنوات التواصل", "каналы связи"),
        Register::Measures => label("measures", "الإجراءات", "меры"),
    }
}

/// Returns the label of a dimension or register.
#[must_use]
pub const fn topic(topic: Topic) -> Label {
    match topic {
        Topic::Dimension(dimension) => self::dimension(dimension),
        Topic::Register(register) => self::register(register),
    }
}

/// Returns the label of an occasion.
#[must_use]
pub const fn occasion(occasion: Occasion) -> Label {
    match occasion {
        Occasion::Learned => label("learned", "عُلم لاحقاً", "стало известно"),
        Occasion::Happened => label("happened", "حدث", "произошло"),
        Occasion::Lapsed => label("lapsed", "بمضي الوقت", "с течением времени"),
    }
}

/// Returns the label of the role of evidence on a ladder.
#[must_use]
pub const fn role(role: EvidenceRole) -> Label {
    match role {
        EvidenceRole::Declaration => label("declaration", "تصريح", "заявление"),
        EvidenceRole::Contact => label("official contact", "اتصال رسمي", "официальный контакт"),
        EvidenceRole::Signal => label("implicit signal", "إشارة ضمنية", "косвенный признак"),
        EvidenceRole::Mission => label("mission", "بعثة", "представительство"),
        EvidenceRole::Envoy => label("envoy", "مبعوث", "посланник"),
        EvidenceRole::Break => label("break of relations", "قطع العلاقات", "разрыв отношений"),
        EvidenceRole::Implication => label(
            "what implies recognition",
            "ما يفترض الاعتراف",
            "то, что подразумевает признание",
        ),
        EvidenceRole::Rival => label(
            "recognition of a rival",
            "الاعتراف بطرف منافس",
            "признание соперника",
        ),
    }
}

/// Returns the label of the reason why an event did not count, in a language; in English the word
/// itself.
#[must_use]
pub fn exclusion(because: &str, lang: Lang) -> String {
    let label = match lang {
        Lang::En => None,
        Lang::Ar | Lang::Ru => excluded(because),
    };
    label.map_or_else(|| plain(because), |label| label.text(lang).to_owned())
}

fn excluded(because: &str) -> Option<Label> {
    Some(match because {
        "not_yet" => label("not yet", "لم يحن بعد", "ещё не наступило"),
        "too_weak" => label("too weak", "درجة ضعيفة", "слишком слабая оценка"),
        "disputed" => label("disputed", "متنازع عليه", "оспаривается"),
        "repeated" => label("repeated", "مكرر", "повтор"),
        "closed" => label("closed", "أُغلق قيده", "запись закрыта"),
        "superseded" => label("superseded", "حلّ غيره محله", "заменено"),
        "not_governing" => label("not governing", "سلطة غير حاكمة", "власть не правит"),
        "before_authority" => label("before authority", "قبل تغيّر السلطة", "до смены власти"),
        "other_authority" => label("other authority", "سلطة أخرى", "другая власть"),
        "no_entry" => label("no entry", "لا قيد له", "нет записи"),
        "faded" => label("faded", "تلاشى أثره", "утратило вес"),
        "retracted" => label("retracted", "مسحوب", "отозвано"),
        "told" => label("told", "محتسَب في حدث مرتبط", "учтено связанным событием"),
        _ => return None,
    })
}

/// Returns the label of a level or status in a language. In English it is the word itself; so is
/// a word without a label, which only a newer server can send.
#[must_use]
pub fn word(topic: Topic, word: &str, lang: Lang) -> String {
    let label = match lang {
        Lang::En => None,
        Lang::Ar | Lang::Ru => translated(topic, word),
    };
    label.map_or_else(|| plain(word), |label| label.text(lang).to_owned())
}

/// Counts further items in a language, such as `+36 more`; empty for none.
#[must_use]
pub fn more(count: usize, lang: Lang) -> String {
    match (count, lang) {
        (0, _) => String::new(),
        (count, Lang::En) => format!("+{count} more"),
        (1, Lang::Ar) => "وواحد آخر".to_owned(),
        (2, Lang::Ar) => "واثنان آخران".to_owned(),
        (count, Lang::Ar) => format!("و{count} أخرى"),
        (count, Lang::Ru) => format!("ещё {count}"),
    }
}

/// Replaces the underscores of a word by spaces.
fn plain(word: &str) -> String {
    word.replace('_', " ")
}

fn translated(topic: Topic, word: &str) -> Option<Label> {
    match (topic, word) {
        (_, super::UNKNOWN) => Some(UNKNOWN),
        (_, ABSENT) => Some(label("absent", "غير موجود", "отсутствует")),
        (Topic::Dimension(dimension), word) => levels::level(dimension, word),
        (Topic::Register(register), word) => statuses::status(register, word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use detente_domain::fold::registers::LAPSED;
    use detente_domain::kind::{Effect, Kind};
    use detente_domain::level::{Declared, Level, Recognition, Representation, Threat};

    fn has_labels(topic: Topic, words: impl IntoIterator<Item = &'static str>) {
        for word in words {
            let label = translated(topic, word).unwrap_or_else(|| panic!("{topic}: {word}"));
            assert_eq!(label.en, plain(word), "{topic}");
            let letters = |text: &str, first: char, last: char| {
                text.chars().any(|letter| (first..=last).contains(&letter))
            };
            assert!(letters(label.ar, 'ء', 'ي'), "{topic}: {word}");
            assert!(letters(label.ru, 'а', 'я'), "{topic}: {word}");
        }
    }

    #[test]
    fn every_level_and_status_has_an_arabic_and_a_russian_label() {
        let of = Topic::Dimension;
        for dimension in Dimension::ALL {
            let words: Vec<&str> = match dimension {
                Dimension::Recognition => Recognition::ALL.map(Recognition::as_str).into(),
                Dimension::Declared => Declared::ALL.map(Declared::as_str).into(),
                Dimension::Representation => Representation::ALL.map(Representation::as_str).into(),
                Dimension::Weighed(Weighed::Threat) => Threat::ALL.map(Threat::as_str).into(),
                Dimension::Weighed(_) | Dimension::Posture => Level::ALL.map(Level::as_str).into(),
            };
            has_labels(of(dimension), words);
            has_labels(of(dimension), [crate::view::UNKNOWN]);
        }
        for kind in Kind::ALL {
            let Some(register) = kind.register() else {
                continue;
            };
            let status = match kind.effect() {
                Effect::Sets(word) | Effect::Closes(word) | Effect::Notes(word) => Some(word),
                Effect::None => None,
            };
            has_labels(Topic::Register(register), status);
            has_labels(Topic::Register(register), [ABSENT]);
        }
        has_labels(Topic::Register(Register::Groups), [LAPSED]);
    }

    #[test]
    fn further_items_are_counted_in_words() {
        assert_eq!(more(0, Lang::Ar), "");
        assert_eq!(more(1, Lang::Ar), "وواحد آخر");
        assert_eq!(more(36, Lang::Ar), "و36 أخرى");
        assert_eq!(more(36, Lang::En), "+36 more");
        assert_eq!(more(36, Lang::Ru), "ещё 36");
    }
}
