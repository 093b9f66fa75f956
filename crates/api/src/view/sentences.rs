//! Changes and differences as sentences, in English and Arabic.

use std::fmt::Write as _;

use detente_domain::fold::{Difference, PointValue};
use detente_domain::party::{Lang, Party};
use detente_domain::state::{EntryKey, Occasion};

use super::labels::{self, label};
use super::{ABSENT, BilingualText, CauseView, ChangeView};
use crate::submission::DetailDto;
use crate::topic::Topic;

impl ChangeView {
    /// Returns the change as a sentence, with names for codes.
    #[must_use]
    pub fn sentence(&self) -> BilingualText {
        BilingualText {
            en: self.render(Lang::En),
            ar: self.render(Lang::Ar),
        }
    }

    fn render(&self, lang: Lang) -> String {
        let from = self.value(
            &self.from,
            self.controlled_by_from.as_deref(),
            self.was_uncertain,
            lang,
        );
        let holder = self.controlled_by_to.as_deref();
        let to = self.value(&self.to, holder, self.uncertain, lang);
        let (parties, topic) = (self.parties(lang), self.topic(lang));
        let period = self.period(lang);
        if lang == Lang::Ar {
            format!("{parties}، {topic}: من «{from}» إلى «{to}»، {period}")
        } else {
            format!("{parties}, {topic}: from {from} to {to}, {period}")
        }
    }

    /// Returns a level or status, with the authority that holds a mission.
    fn value(&self, word: &str, holder: Option<&str>, uncertain: bool, lang: Lang) -> String {
        let dimension = match self.dimension.0 {
            Topic::Dimension(dimension) => Some(dimension),
            Topic::Register(_) => None,
        };
        let mut value = match lang {
            Lang::Ar => labels::arabic(dimension, word).to_owned(),
            Lang::En | Lang::Ru => labels::english(word),
        };
        if let Some(holder) = holder {
            let held_by = label("held by", "بإدارة").text(lang);
            let _ = write!(value, " ({held_by} {})", name(holder, lang));
        }
        if uncertain {
            value.push_str(label(" (within an imprecise date)", " (بتاريخ غير دقيق)").text(lang));
        }
        value
    }

    /// Returns the conduct, or both states.
    fn parties(&self, lang: Lang) -> String {
        if let Some(direction) = &self.direction {
            let (from, to) = (name(&direction.from, lang), name(&direction.to, lang));
            return format!("{from} {} {to}", label("towards", "تجاه").text(lang));
        }
        let (a, b) = self.relation.split_once('-').unwrap_or_default();
        format!("{} – {}", name(a, lang), name(b, lang))
    }

    /// Returns the dimension, or the register with the details of the entry.
    fn topic(&self, lang: Lang) -> String {
        let topic = match self.dimension.0 {
            Topic::Dimension(dimension) => labels::dimension(dimension).text(lang),
            Topic::Register(register) => labels::register(register).text(lang),
        };
        let details = self.key.iter().flat_map(|key| key.values());
        let details: Vec<String> = details
            .map(|detail| name(&detail.to_string(), lang))
            .collect();
        if details.is_empty() {
            return topic.to_owned();
        }
        format!("{topic} ({})", details.join(label(", ", "، ").text(lang)))
    }

    /// Returns the days of the value after.
    fn period(&self, lang: Lang) -> String {
        let day = &self.day;
        match (&self.until, lang) {
            (None, Lang::Ar) => format!("منذ {day}"),
            (None, _) => format!("since {day}"),
            (Some(until), Lang::Ar) => format!("من {day} حتى {until}"),
            (Some(until), _) => format!("from {day} until {until}"),
        }
    }
}

/// Summarises how an entry changed, and the cause.
pub(super) fn entry(
    key: &EntryKey,
    difference: &Difference,
    cause: Option<&CauseView>,
) -> BilingualText {
    let label = labels::register(key.register);
    let fields: Vec<String> = key
        .fields
        .iter()
        .map(|(_, detail)| DetailDto::from(detail).to_string())
        .collect();
    let named = if fields.is_empty() {
        String::new()
    } else {
        format!(" ({})", fields.join(", "))
    };
    let word = |value: &PointValue| value.held.map_or(ABSENT, |held| held.word);
    let holder = |lang| {
        let held = difference.to.held.and_then(|held| held.controlled_by);
        held.map(|party| party.name(lang))
    };
    let (from, to) = (word(&difference.from), word(&difference.to));
    let arabic = |word: &'static str| labels::arabic(None, word);
    let mut line = BilingualText {
        en: format!(
            "{}{named}: {}, before {}",
            label.en,
            labels::english(to),
            labels::english(from)
        ),
        ar: format!(
            "{}{named}: {}، وقبل ذلك: {}",
            label.ar,
            arabic(to),
            arabic(from)
        ),
    };
    if let (Some(en), Some(ar)) = (holder(Lang::En), holder(Lang::Ar)) {
        let _ = write!(line.en, ", held by {en}");
        let _ = write!(line.ar, "، بيد: {ar}");
    }
    match cause {
        Some(cause) => {
            let (label, date) = (&cause.label, &cause.occurred);
            let _ = write!(line.en, ", by {}, {date}.", label.en);
            let _ = write!(line.ar, "، السبب: {}، \u{200e}{date}\u{200e}.", label.ar);
        }
        None if difference.occasion == Occasion::Lapsed => {
            line.en.push_str(", by time alone.");
            line.ar.push_str("، بمضي الوقت وحده.");
        }
        None => {
            line.en.push('.');
            line.ar.push('.');
        }
    }
    line
}

/// Returns the name of a party; any other text unchanged.
fn name(code: &str, lang: Lang) -> String {
    Party::find(code)
        .map_or(code, |party| party.name(lang))
        .to_owned()
}
