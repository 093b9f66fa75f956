//! Formulas, and rules in words.

use detente_domain::dimension::{Dimension, Weighed};
use detente_domain::party::Lang;

use crate::view::labels::Label;

/// The formula of an index.
pub(super) const INDEX: &str = "10 (W - S) / (W + S + c)";
/// The formula of threat.
pub(super) const THREAT: &str = "S";
/// The formula of a posture.
const BLEND: Label = Label::new(
    "10 (W - S) / (W + S + c), with W = sum(weight * warmth) and S = sum(weight * strain)",
    "\u{2066}10 (W - S) / (W + S + c)\u{2069}، حيث W مجموع (الوزن × الودّ) و\u{200e}S مجموع (الوزن × التوتر)",
    "10 (W - S) / (W + S + c), где W = сумма (вес × сближение), S = сумма (вес × трения)",
);
/// The rule of recognition.
const RECOGNITION: Label = Label::new(
    "the latest declaration; where none was made, established relations or common membership in \
     the United Nations presume de jure; recognising one of two rivals ends recognition of the \
     other; else dealings, from the first official contact; else none, once anything was declared; \
     all since the authority governs",
    "آخر إعلان؛ وحيث لا إعلان، تفترض العلاقات القائمة أو العضوية المشتركة في الأمم المتحدة اعترافاً \
     قانونياً؛ والاعتراف بأحد طرفين متنافسين ينهي الاعتراف بالآخر؛ وإلا فتعامل رسمي منذ أول اتصال \
     رسمي؛ وإلا فلا اعتراف متى صدر أي إعلان؛ وكل ذلك منذ تولّت السلطة الحكم",
    "последнее заявление; если его нет, установленные отношения или общее членство в ООН \
     подразумевают признание де-юре; признание одного из двух соперников прекращает признание \
     другого; иначе официальные контакты с первого из них; иначе признания нет, если что-либо \
     заявлено; всё это с прихода власти",
);
/// The rule of the declared stance.
const DECLARED: Label = Label::new(
    "the latest declaration since the authority governs",
    "آخر إعلان منذ تولّت السلطة الحكم",
    "последнее заявление с прихода власти",
);
/// The rule of representation.
const REPRESENTATION: Label = Label::new(
    "the highest rank of the missions and envoys that stand; none where relations are broken off, \
     apart from interests sections and special envoys",
    "أعلى رتبة بين البعثات والمبعوثين القائمين؛ ولا تمثيل حيث قُطعت العلاقات، عدا أقسام رعاية \
     المصالح والمبعوثين الخاصين",
    "высший ранг действующих представительств и посланников; при разрыве отношений представительства \
     нет, кроме секций интересов и специальных посланников",
);

/// Returns the rule of a dimension in words, in a language; empty for a formula, which is the same
/// in each.
#[must_use]
pub fn in_words(dimension: Dimension, lang: Lang) -> &'static str {
    let label = match dimension {
        Dimension::Recognition => RECOGNITION,
        Dimension::Declared => DECLARED,
        Dimension::Representation => REPRESENTATION,
        Dimension::Posture => BLEND,
        Dimension::Weighed(Weighed::Threat) => return THREAT,
        Dimension::Weighed(_) => return INDEX,
    };
    label.text(lang)
}
