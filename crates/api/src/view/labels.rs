//! Labels of dimensions, registers, levels and statuses, in English and Arabic.
//!
//! Arabic sentences put a label after a colon, so that it need not agree with other words.

use detente_domain::dimension::{Dimension, Register, Weighed};
use detente_domain::fold::why::EvidenceRole;
use detente_domain::party::Lang;

/// A label in two languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Label {
    pub(super) en: &'static str,
    pub(super) ar: &'static str,
}

impl Label {
    /// Returns the label in a language; in English if there is none in that language.
    pub(super) const fn text(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Ar => self.ar,
            Lang::En | Lang::Ru => self.en,
        }
    }
}

pub(super) const fn label(en: &'static str, ar: &'static str) -> Label {
    Label { en, ar }
}

pub(super) const fn dimension(dimension: Dimension) -> Label {
    match dimension {
        Dimension::Recognition => label("recognition", "الاعتراف"),
        Dimension::Declared => label("declared stance on recognition", "الموقف المعلن من الاعتراف"),
        Dimension::Representation => label("representation", "التمثيل الدبلوماسي"),
        Dimension::Weighed(weighed) => self::weighed(weighed),
        Dimension::Posture => label("posture", "الموقف العام"),
    }
}

pub(super) const fn weighed(weighed: Weighed) -> Label {
    match weighed {
        Weighed::Political => label("political", "البعد السياسي"),
        Weighed::Security => label("security", "البعد الأمني"),
        Weighed::Economic => label("economic", "البعد الاقتصادي"),
        Weighed::Humanitarian => label("humanitarian", "البعد الإنساني"),
        Weighed::Societal => label("societal", "البعد المجتمعي"),
        Weighed::Threat => label("threat", "التهديد"),
    }
}

pub(super) const fn register(register: Register) -> Label {
    match register {
        Register::Relations => label("relations", "العلاقات الدبلوماسية"),
        Register::Missions => label("missions", "البعثات"),
        Register::Envoys => label("envoys", "المبعوثون"),
        Register::Listings => label("listings", "القوائم"),
        Register::Sanctions => label("sanctions", "العقوبات"),
        Register::Borders => label("borders", "الحدود"),
        Register::Trade => label("trade", "التجارة"),
        Register::Agreements => label("agreements", "الاتفاقات"),
        Register::Deployments => label("deployments", "انتشار القوات"),
        Register::Groups => label("groups", "الجماعات المسلحة"),
        Register::Projects => label("projects", "المشاريع"),
        Register::Meetings => label("meetings", "الاجتماعات"),
        Register::Channels => label("channels", "قنوات التواصل"),
        Register::Measures => label("measures", "الإجراءات"),
    }
}

pub(super) const fn role(role: EvidenceRole) -> Label {
    match role {
        EvidenceRole::Declaration => label("declaration", "تصريح"),
        EvidenceRole::Contact => label("official contact", "اتصال رسمي"),
        EvidenceRole::Signal => label("implicit signal", "إشارة ضمنية"),
        EvidenceRole::Mission => label("mission", "بعثة"),
        EvidenceRole::Envoy => label("envoy", "مبعوث"),
        EvidenceRole::Break => label("break of relations", "انقطاع العلاقات"),
    }
}

/// Returns the English label of a word: the word itself.
pub(super) fn english(word: &str) -> String {
    word.replace('_', " ")
}

/// Returns the Arabic label of a word of a dimension or register; the word itself if it has none.
pub(super) fn arabic(dimension: Option<Dimension>, word: &str) -> &str {
    let none = match dimension {
        Some(Dimension::Recognition) => "لا تعامل ولا اعتراف",
        Some(Dimension::Representation) => "لا تمثيل",
        Some(Dimension::Declared | Dimension::Weighed(_) | Dimension::Posture) | None => "معدوم",
    };
    match word {
        "unknown" => "غير معروف",
        "absent" => "غير موجود",
        "none" => none,
        "hostile" => "عدائي",
        "strained" => "متوتر",
        "neutral" => "محايد",
        "cooperative" => "تعاوني",
        "close" => "وثيق",
        "low" => "منخفض",
        "elevated" => "متزايد",
        "high" => "مرتفع",
        "dealings" => "تعامل بلا اعتراف",
        "de_facto" => "اعتراف بحكم الأمر الواقع",
        "de_jure" => "اعتراف قانوني",
        "refuses" => "رفض الاعتراف",
        "withholds" => "الامتناع عن الاعتراف",
        "recognises" => "اعتراف",
        "liaison" => "مكتب اتصال",
        "consular" => "تمثيل قنصلي",
        "charge" => "قائم بالأعمال",
        "ambassador" => "سفير",
        "warming" => "نحو التحسن",
        "steady" => "مستقر",
        "cooling" => "نحو التدهور",
        word => status(word),
    }
}

fn status(word: &str) -> &str {
    match word {
        "open" => "مفتوح",
        "closed" => "مغلق",
        "suspended" => "معلّق",
        "established" => "قائم",
        "severed" => "مقطوع",
        "restored" => "مستأنف",
        "listed" => "مدرج",
        "removed" => "مشطوب",
        "appointed" => "معيّن",
        "accredited" => "معتمد",
        "credentials_presented" => "قدّم أوراق الاعتماد",
        "recalled" => "مستدعى",
        "expelled" => "مطرود",
        "attended" => "جرى الحضور",
        "in_force" => "سارٍ",
        "ended" => "منتهٍ",
        "alert" => "تأهب",
        "lowered" => "انتهى التأهب",
        "reinforced" => "معزّز",
        "withdrawn" => "منسحب",
        "agreed" => "متفق عليه",
        "claimed" => "مزعوم",
        "lapsed" => "انقضى",
        "started" => "بدأ",
        "completed" => "منجز",
        "restricted" => "مقيّد",
        "eased" => "مخفّف",
        "lifted" => "مرفوع",
        "dropped" => "ملغى",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use detente_domain::kind::{Effect, Kind};
    use detente_domain::level::{Declared, Level, Recognition, Representation, Threat, Trajectory};

    #[test]
    fn every_level_and_status_has_an_arabic_label() {
        let statuses = Kind::ALL.iter().filter_map(|kind| match kind.effect() {
            Effect::Sets(word) | Effect::Closes(word) | Effect::Notes(word) => Some(word),
            Effect::None => None,
        });
        let words = Level::ALL
            .iter()
            .map(|word| word.as_str())
            .chain(Threat::ALL.iter().map(|word| word.as_str()))
            .chain(Recognition::ALL.iter().map(|word| word.as_str()))
            .chain(Declared::ALL.iter().map(|word| word.as_str()))
            .chain(Representation::ALL.iter().map(|word| word.as_str()))
            .chain(Trajectory::ALL.iter().map(|word| word.as_str()))
            .chain(["unknown", "absent", "lapsed"])
            .chain(statuses);
        for word in words {
            assert_ne!(arabic(None, word), word);
        }
    }
}
