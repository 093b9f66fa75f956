//! Changes and differences as sentences, in each language.

use detente_domain::fold::{Difference, PointValue};
use detente_domain::party::Lang;
use detente_domain::state::{EntryKey, Held, Occasion};

use super::labels::{self, Label};
use super::localized::{figure, name, towards};
use super::{ABSENT, CauseView, ChangeView, LocalizedText, code, entry};
use crate::topic::Topic;

/// Separates the parts of a list.
const COMMA: Label = Label::new(", ", "، ", ", ");

impl ChangeView {
    /// Returns the change as a sentence, with names for codes.
    #[must_use]
    pub fn sentence(&self) -> LocalizedText {
        LocalizedText::new(|lang| self.sentence_in(lang))
    }

    fn sentence_in(&self, lang: Lang) -> String {
        let was = [self.was_stale, self.was_presumed, self.was_uncertain];
        let is = [self.stale, self.presumed, self.uncertain];
        let from = self.value(&self.from, self.controlled_by_from.as_deref(), was, lang);
        let to = self.value(&self.to, self.controlled_by_to.as_deref(), is, lang);
        let (parties, topic) = (self.parties(lang), self.topic(lang));
        let period = self.period(lang);
        match lang {
            Lang::En => format!("{parties}, {topic}: from {from} to {to}, {period}"),
            Lang::Ar => format!("{parties}، {topic}: من «{from}» إلى «{to}»، {period}"),
            Lang::Ru => format!("{parties}, {topic}: было «{from}», стало «{to}», {period}"),
        }
    }

    /// Returns a level or status, with the authority that holds a mission and the marks that are
    /// set: stale, presumed, uncertain.
    fn value(&self, word: &str, holder: Option<&str>, marks: [bool; 3], lang: Lang) -> String {
        let holder =
            holder.map(|holder| format!("{} {}", labels::HELD_BY.text(lang), name(holder, lang)));
        let labels = [labels::STALE, labels::PRESUMED, labels::UNCERTAIN];
        let marks = labels.into_iter().zip(marks);
        let marks = marks.filter(|(_, set)| *set);
        let marks = marks.map(|(label, _)| label.text(lang).to_owned());
        let notes = holder.into_iter().chain(marks);
        let notes = notes.map(|note| format!(" ({note})")).collect::<String>();
        labels::word(self.dimension.0, word, lang) + &notes
    }

    /// Returns the conduct, or both states.
    fn parties(&self, lang: Lang) -> String {
        if let Some(direction) = &self.direction {
            let (from, to) = (name(&direction.from, lang), name(&direction.to, lang));
            return towards(&from, &to, lang);
        }
        let (a, b) = self.relation.split_once('-').unwrap_or_default();
        format!("{} – {}", name(a, lang), name(b, lang))
    }

    /// Returns the dimension, or the register with the details of the entry.
    fn topic(&self, lang: Lang) -> String {
        let details = self.key.as_ref().map(|key| labels::key(key, lang));
        let details = details.unwrap_or_default();
        named(self.dimension.0, details, self.via.as_deref(), lang)
    }

    /// Returns the days of the value after.
    fn period(&self, lang: Lang) -> String {
        let day = figure(&self.day, lang);
        let until = self.until.as_deref().map(|until| figure(until, lang));
        match (until, lang) {
            (None, Lang::En) => format!("since {day}"),
            (None, Lang::Ar) => format!("منذ {day}"),
            (None, Lang::Ru) => format!("с {day}"),
            (Some(until), Lang::En) => format!("from {day} until {until}"),
            (Some(until), Lang::Ar) => format!("من {day} حتى {until}"),
            (Some(until), Lang::Ru) => format!("с {day} до {until}"),
        }
    }
}

/// Summarises how an entry changed, and the cause.
pub(super) fn entry_line(
    key: &EntryKey,
    difference: &Difference,
    cause: Option<&CauseView>,
) -> LocalizedText {
    LocalizedText::new(|lang| entry_line_in(key, difference, cause, lang))
}

fn entry_line_in(
    key: &EntryKey,
    difference: &Difference,
    cause: Option<&CauseView>,
    lang: Lang,
) -> String {
    let topic = Topic::Register(key.register);
    let details = labels::key(&entry::key(key), lang);
    let via = key.via.map(code);
    let named = named(topic, details, via.as_deref(), lang);
    let word = |value: &PointValue| {
        let word = value.held.map_or(ABSENT, |held: Held| held.word);
        labels::word(topic, word, lang)
    };
    let (from, to) = (word(&difference.from), word(&difference.to));
    let held = difference.to.held.and_then(|held| held.controlled_by);
    let held = held.map_or_else(String::new, |holder| {
        let comma = COMMA.text(lang);
        format!(
            "{comma}{} {}",
            labels::HELD_BY.text(lang),
            holder.name(lang)
        )
    });
    let cause = cause.map(|cause| {
        let label = cause.label.text(lang).to_owned();
        (label, figure(&cause.occurred, lang))
    });
    let lapsed = difference.occasion == Occasion::Lapsed;
    let reason = match (cause, lang) {
        (Some((label, date)), Lang::En) => format!(", by {label}, {date}"),
        (Some((label, date)), Lang::Ar) => format!("، السبب: {label}، {date}"),
        (Some((label, date)), Lang::Ru) => format!(", причина: {label}, {date}"),
        (None, Lang::En) if lapsed => ", by time alone".to_owned(),
        (None, Lang::Ar) if lapsed => "، بمضي الوقت وحده".to_owned(),
        (None, Lang::Ru) if lapsed => ", только с течением времени".to_owned(),
        (None, _) => String::new(),
    };
    match lang {
        Lang::En => format!("{named}: {to}, before {from}{held}{reason}."),
        Lang::Ar => format!("{named}: {to}، وقبل ذلك: {from}{held}{reason}."),
        Lang::Ru => format!("{named}: {to}, ранее: {from}{held}{reason}."),
    }
}

/// Returns a dimension, or a register with the details of an entry.
fn named(topic: Topic, mut details: Vec<String>, via: Option<&str>, lang: Lang) -> String {
    details.extend(via.map(|via| format!("{} {}", labels::VIA.text(lang), name(via, lang))));
    let label = labels::topic(topic).text(lang);
    if details.is_empty() {
        return label.to_owned();
    }
    format!("{label} ({})", details.join(COMMA.text(lang)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn change(fields: &serde_json::Value) -> ChangeView {
        let mut change = json!({
            "relation": "AFG-TJK", "direction": {"from": "TJK", "to": "AFG"},
            "dimension": "political", "key": null, "from": "hostile", "to": "strained",
            "was_uncertain": false, "uncertain": false, "day": "2023-03-23", "until": null,
            "occasion": "happened", "causes": [], "lag_days": null, "position": 57
        });
        let (Some(all), Some(fields)) = (change.as_object_mut(), fields.as_object()) else {
            panic!("is an object")
        };
        all.extend(fields.clone());
        serde_json::from_value(change).unwrap()
    }

    #[test]
    fn a_change_of_a_level_is_a_sentence_in_each_language() {
        let text = change(&json!({"was_stale": true, "uncertain": true})).sentence();
        assert_eq!(
            text.en,
            "Tajikistan towards Afghanistan, political: from hostile (stale) to strained (within \
             an imprecise date), since 2023-03-23"
        );
        assert_eq!(
            text.ar,
            "طاجيكستان تجاه أفغانستان، البعد السياسي: من «عدائي (بلا جديد)» إلى «متوتر (ضمن تاريخ غير \
             دقيق)»، منذ \u{200e}2023-03-23\u{200e}"
        );
        assert_eq!(
            text.ru,
            "Таджикистан → Афганистан, политика: было «враждебность (без новых данных)», стало \
             «напряжённость (дата неточная)», с 2023-03-23"
        );
    }

    #[test]
    fn a_change_of_an_entry_names_it_and_the_organisation() {
        let fields = json!({
            "direction": null, "dimension": "missions", "key": {"type": "consulate", "host": "TJK"},
            "via": "EU", "from": "absent", "to": "open", "controlled_by_to": "TALIBAN",
            "until": "2023-04-01"
        });
        let text = change(&fields).sentence();
        assert_eq!(
            text.en,
            "Afghanistan – Tajikistan, missions (consulate, in Tajikistan, via European Union): \
             from absent to open (held by Taliban), from 2023-03-23 until 2023-04-01"
        );
        assert!(
            text.ar
                .contains("(قنصلية، المضيف: طاجيكستان، عبر الاتحاد الأوروبي)"),
            "{}",
            text.ar
        );
        assert!(
            text.ru
                .contains("стало «открыто (под управлением: Талибан)»"),
            "{}",
            text.ru
        );
    }
}
