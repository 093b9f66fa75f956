//! A change in one line, in English and Arabic.

use detente_domain::dimension::{Dimension, Register};
use detente_domain::party::{Lang, Party};

use super::{ChangeView, LineView, labels};
use crate::json::DetailForm;

impl ChangeView {
    /// The change in one line, with names in place of codes.
    #[must_use]
    pub fn line(&self) -> LineView {
        LineView {
            en: self.told(Lang::En),
            ar: self.told(Lang::Ar),
        }
    }

    fn told(&self, lang: Lang) -> String {
        let arabic = lang == Lang::Ar;
        let dimension = Dimension::parse(&self.dimension);
        let word = |word: &str| match lang {
            Lang::Ar => labels::as_str(dimension, word).to_owned(),
            Lang::En | Lang::Ru => word.replace('_', " "),
        };
        let end = |held: &str, holder: Option<&str>, uncertain: bool| {
            let mut end = word(held);
            if let Some(holder) = holder {
                let by = if arabic { "بإدارة" } else { "held by" };
                end = format!("{end} ({by} {})", name(holder, lang));
            }
            if uncertain {
                end.push_str(if arabic {
                    " (بتاريخ غير دقيق)"
                } else {
                    " (within an imprecise date)"
                });
            }
            end
        };
        let from = end(
            &self.from,
            self.controlled_by_from.as_deref(),
            self.was_uncertain,
        );
        let to = end(&self.to, self.controlled_by_to.as_deref(), self.uncertain);
        let (who, what, when) = (self.who(lang), self.what(lang), self.when(arabic));
        if arabic {
            format!("{who}، {what}: من «{from}» إلى «{to}»، {when}")
        } else {
            format!("{who}, {what}: from {from} to {to}, {when}")
        }
    }

    /// Whose conduct, or between whom.
    fn who(&self, lang: Lang) -> String {
        if let Some(direction) = &self.direction {
            let towards = if lang == Lang::Ar {
                "تجاه"
            } else {
                "towards"
            };
            return format!(
                "{} {towards} {}",
                name(&direction.from, lang),
                name(&direction.to, lang)
            );
        }
        let (a, b) = self.relation.split_once('-').unwrap_or_default();
        format!("{} – {}", name(a, lang), name(b, lang))
    }

    /// The dimension, or the register with what names the entry.
    fn what(&self, lang: Lang) -> String {
        let label = Dimension::parse(&self.dimension)
            .map(labels::dimension)
            .or_else(|| Register::parse(&self.dimension).map(labels::register));
        let label = match (label, lang) {
            (Some(label), Lang::Ar) => label.ar,
            (Some(label), Lang::En | Lang::Ru) => label.en,
            (None, _) => &self.dimension,
        };
        let details = self.key.iter().flat_map(|key| key.values());
        let details: Vec<String> = details
            .map(|detail| match detail {
                DetailForm::Text(text) => name(text, lang).to_owned(),
                DetailForm::Count(count) => count.to_string(),
            })
            .collect();
        if details.is_empty() {
            return label.to_owned();
        }
        let comma = if lang == Lang::Ar { "، " } else { ", " };
        format!("{label} ({})", details.join(comma))
    }

    fn when(&self, arabic: bool) -> String {
        let day = &self.day;
        match (&self.until, arabic) {
            (None, false) => format!("since {day}"),
            (None, true) => format!("منذ {day}"),
            (Some(until), false) => format!("from {day} until {until}"),
            (Some(until), true) => format!("من {day} حتى {until}"),
        }
    }
}

/// What a party is called; any other word as it is.
fn name(code: &str, lang: Lang) -> &str {
    Party::find(code).map_or(code, |party| party.name(lang))
}
