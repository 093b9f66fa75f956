//! Labels of the details that name a register entry, and of their values.

use std::collections::BTreeMap;

use detente_domain::party::{Lang, Party};

use super::{Label, label};
use crate::submission::DetailDto;

/// The fields of keys in the order in which they are read: what it is, whose, and where. Others
/// come last.
const ORDER: [&str; 14] = [
    "family",
    "type",
    "rank",
    "name",
    "group",
    "list",
    "listed",
    "what",
    "territory",
    "sender",
    "host",
    "from",
    "city",
    "crossing",
];

/// Describes the details that name an entry, each as a text, in the order in which they are read.
#[must_use]
pub fn key<K: AsRef<str>>(key: &BTreeMap<K, DetailDto>, lang: Lang) -> Vec<String> {
    let place = |field: &str| ORDER.iter().position(|other| *other == field);
    let mut details: Vec<(&str, &DetailDto)> = key
        .iter()
        .map(|(field, value)| (field.as_ref(), value))
        .collect();
    details.sort_by_key(|(field, _)| place(field).unwrap_or(ORDER.len()));
    let text = |(field, value): (&str, &DetailDto)| {
        let value = detail(field, value, lang);
        match preposition(field) {
            Some(label) => format!("{} {value}", label.text(lang)),
            None => value,
        }
    };
    details.into_iter().map(text).collect()
}

/// Returns the words before a state, which say what it has to do with the entry.
fn preposition(field: &str) -> Option<Label> {
    Some(match field {
        "sender" => label("of", "المرسِل:", "направляет:"),
        "host" => label("in", "المضيف:", "принимает:"),
        "from" => label("out of", "من:", "из:"),
        _ => return None,
    })
}

/// Returns the value of a detail: the label of a word, the name of a party, or the text itself.
#[must_use]
pub fn detail(field: &str, value: &DetailDto, lang: Lang) -> String {
    let DetailDto::Text(text) = value else {
        return value.to_string();
    };
    if let Some(label) = choice(field, text) {
        return label.text(lang).to_owned();
    }
    let party = Party::find(text);
    party.map_or_else(|| text.clone(), |party| party.name(lang).to_owned())
}

fn choice(field: &str, word: &str) -> Option<Label> {
    Some(match (field, word) {
        ("type", "embassy") => label("embassy", "سفارة", "посольство"),
        ("type", "consulate_general") => label(
            "consulate general",
            "قنصلية عامة",
            "генеральное консульство",
        ),
        ("type", "consulate") => label("consulate", "قنصلية", "консульство"),
        ("type", "liaison") => label("liaison", "مكتب اتصال", "бюро связи"),
        ("type", "interests_section") => {
            label("interests section", "قسم رعاية مصالح", "секция интересов")
        }
        ("rank", "ambassador") => label("ambassador", "سفير", "посол"),
        ("rank", "minister") => label("minister", "وزير مفوض", "посланник"),
        ("rank", "charge") => label("charge", "قائم بالأعمال", "временный поверенный в делах"),
        ("rank", "consul") => label("consul", "قنصل", "консул"),
        ("rank", "diplomat") => label("diplomat", "دبلوماسي", "дипломат"),
        ("rank", "special_envoy") => label("special envoy", "مبعوث خاص", "специальный посланник"),
        ("family", word) => return family(word),
        ("type", word) => return agreement(word),
        ("form", "de_facto") => label("de facto", "بحكم الأمر الواقع", "де-факто"),
        ("form", "de_jure") => label("de jure", "قانوني", "де-юре"),
        ("level", "head_of_state") => label("head of state", "رئيس دولة", "глава государства"),
        ("level", "head_of_government") => {
            label("head of government", "رئيس حكومة", "глава правительства")
        }
        ("level", "minister") => label("minister", "وزير", "министр"),
        ("level", "senior_official") => label(
            "senior official",
            "مسؤول رفيع",
            "высокопоставленное должностное лицо",
        ),
        ("level", "official") => label("official", "مسؤول", "должностное лицо"),
        ("severity", "minor") => label("minor", "طفيف", "лёгкая"),
        ("severity", "serious") => label("serious", "جسيم", "серьёзная"),
        ("severity", "major") => label("major", "بالغ", "тяжёлая"),
        ("obligation", "defence") => label("defence", "دفاع", "оборона"),
        ("obligation", "neutrality") => label("neutrality", "حياد", "нейтралитет"),
        ("obligation", "non_aggression") => label("non-aggression", "عدم اعتداء", "ненападение"),
        ("obligation", "consultation") => label("consultation", "تشاور", "консультации"),
        ("stance", "friendly") => label("friendly", "ودّي", "дружественная"),
        ("stance", "hostile") => label("hostile", "عدائي", "враждебная"),
        ("target", "fighters") => label("fighters", "مقاتلون", "боевики"),
        ("target", "nationals") => label("nationals", "مواطنون", "граждане"),
        ("consent", "given") => label("given", "ممنوحة", "дано"),
        ("consent", "refused") => label("refused", "مرفوضة", "отказано"),
        _ => return None,
    })
}

fn agreement(word: &str) -> Option<Label> {
    Some(match word {
        "peace" => label("peace", "سلام", "мир"),
        "friendship" => label("friendship", "صداقة", "дружба"),
        "partnership" => label("partnership", "شراكة", "партнёрство"),
        "free_trade" => label("free trade", "تجارة حرة", "свободная торговля"),
        "customs_union" => label("customs union", "اتحاد جمركي", "таможенный союз"),
        "free_movement" => label("free movement", "حرية تنقل", "свободное передвижение"),
        "economic" => label("economic", "اقتصادي", "экономическое"),
        "security" => label("security", "أمني", "по безопасности"),
        "arms" => label("arms", "أسلحة", "по вооружениям"),
        "water" => label("water", "مياه", "по водным ресурсам"),
        "border" => label("border", "حدود", "о границе"),
        "principles" => label("principles", "مبادئ", "о принципах"),
        _ => return None,
    })
}

fn family(word: &str) -> Option<Label> {
    Some(match word {
        "alert" => label("alert", "تأهب", "боевая готовность"),
        "forces" => label("forces", "قوات", "войска"),
        "agreement" => label("agreement", "اتفاق", "соглашение"),
        "cooperation" => label("cooperation", "تعاون أمني", "сотрудничество в безопасности"),
        "peace" => label("peace", "سلام", "мир"),
        "sanction" => label("sanction", "عقوبة", "санкция"),
        "support" => label("support", "دعم", "помощь"),
        "trade" => label("trade", "تجارة", "торговля"),
        "tariff" => label("tariff", "رسوم جمركية", "пошлины"),
        "restriction" => label("restriction", "قيد", "ограничение"),
        "measure" => label("measure", "إجراء", "мера"),
        "war" => label("war", "حرب", "война"),
        "ceasefire" => label("ceasefire", "وقف إطلاق النار", "прекращение огня"),
        "presence" => label("presence", "وجود", "присутствие"),
        "group" => label("group", "جماعة", "группа"),
        _ => return None,
    })
}
