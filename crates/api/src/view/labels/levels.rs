//! Labels of the levels of dimensions.

use detente_domain::dimension::{Dimension, Weighed};
use detente_domain::level::Trajectory;

use super::{Label, label};

/// Returns the label of a level.
pub(super) fn level(dimension: Dimension, word: &str) -> Option<Label> {
    match dimension {
        Dimension::Recognition => recognition(word),
        Dimension::Declared => declared(word),
        Dimension::Representation => representation(word),
        Dimension::Weighed(Weighed::Threat) => threat(word),
        Dimension::Weighed(_) | Dimension::Posture => index(word),
    }
}

/// Returns the label of a trajectory; `None` is unknown.
#[must_use]
pub const fn trajectory(trajectory: Option<Trajectory>) -> Label {
    match trajectory {
        None => super::UNKNOWN,
        Some(Trajectory::Cooling) => label("cooling", "نحو التدهور", "охлаждение"),
        Some(Trajectory::Steady) => label("steady", "مستقر", "без изменений"),
        Some(Trajectory::Warming) => label("warming", "نحو التحسن", "потепление"),
    }
}

/// Levels of an index.
fn index(word: &str) -> Option<Label> {
    Some(match word {
        "hostile" => label("hostile", "عدائي", "враждебность"),
        "strained" => label("strained", "متوتر", "напряжённость"),
        "neutral" => label("neutral", "محايد", "нейтральность"),
        "cooperative" => label("cooperative", "تعاوني", "сотрудничество"),
        "close" => label("close", "وثيق", "тесные связи"),
        _ => return None,
    })
}

fn threat(word: &str) -> Option<Label> {
    Some(match word {
        "none" => label("none", "لا تهديد", "угрозы нет"),
        "low" => label("low", "منخفض", "низкая"),
        "elevated" => label("elevated", "مرتفع", "повышенная"),
        "high" => label("high", "شديد", "высокая"),
        _ => return None,
    })
}

fn recognition(word: &str) -> Option<Label> {
    Some(match word {
        "none" => label(
            "none",
            "لا تعامل ولا اعتراف",
            "нет ни контактов, ни признания",
        ),
        "dealings" => label("dealings", "تعامل رسمي", "официальные контакты"),
        "de_facto" => label("de facto", "اعتراف بحكم الأمر الواقع", "признание де-факто"),
        "de_jure" => label("de jure", "اعتراف قانوني", "признание де-юре"),
        _ => return None,
    })
}

fn declared(word: &str) -> Option<Label> {
    Some(match word {
        "refuses" => label("refuses", "رفض الاعتراف", "отказ в признании"),
        "withholds" => label(
            "withholds",
            "الامتناع عن الاعتراف",
            "воздержание от признания",
        ),
        "recognises" => label("recognises", "اعتراف", "признание"),
        _ => return None,
    })
}

fn representation(word: &str) -> Option<Label> {
    Some(match word {
        "none" => label("none", "لا تمثيل", "представительства нет"),
        "special_envoy" => label("special envoy", "مبعوث خاص", "специальный посланник"),
        "interests_section" => label("interests section", "قسم رعاية مصالح", "секция интересов"),
        "liaison" => label(
            "liaison",
            "تمثيل دون سفارة",
            "представительство ниже посольства",
        ),
        "consular" => label("consular", "تمثيل قنصلي", "консульское представительство"),
        "charge" => label("charge", "قائم بالأعمال", "временный поверенный в делах"),
        "ambassador" => label("ambassador", "سفير", "посол"),
        _ => return None,
    })
}
