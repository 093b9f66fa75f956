//! Summaries of reasons in one line, in English and Arabic.

use std::fmt::Write as _;

use detente_domain::dimension::{Dimension, Weighed};
use detente_domain::edtf::canonical;
use detente_domain::fold::why::{Blend, Cited, Ladder, Rationale, Share, Weighing, Why};
use detente_domain::kind::Kind;
use detente_domain::level::Trajectory;
use detente_domain::party::Lang;
use serde::{Deserialize, Serialize};

use super::labels::{self, label};
use super::why::total;
use super::{Decimal1, UNKNOWN};

/// A text in two languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct BilingualText {
    /// In English.
    pub en: String,
    /// In Arabic.
    pub ar: String,
}

impl BilingualText {
    /// Returns the text in a language; in English if there is none in that language.
    #[must_use]
    pub fn text(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ar => &self.ar,
            Lang::En | Lang::Ru => &self.en,
        }
    }

    /// Summarises the reasons for the level of a dimension in one line.
    #[must_use]
    pub fn summary(why: &Why) -> Self {
        let (from, to) = why.pair.ends(why.direction);
        let word = why.held.map_or(UNKNOWN, |held| held.word);
        let dimension = labels::dimension(why.dimension);
        let mut line = Self {
            en: format!(
                "{} towards {}, {}: {}",
                from.name(Lang::En),
                to.name(Lang::En),
                dimension.en,
                labels::english(word)
            ),
            ar: format!(
                "{} تجاه {}، {}: {}",
                from.name(Lang::Ar),
                to.name(Lang::Ar),
                dimension.ar,
                labels::arabic(Some(why.dimension), word)
            ),
        };
        let uncertain = why.held.is_some_and(|held| held.uncertain);
        if uncertain {
            line.add(" (within an imprecise date)", " (ضمن تاريخ غير دقيق)");
        }
        if word == UNKNOWN {
            line.add(
                ". No event that counts speaks of it.",
                ". لا حدث معتبراً يتناوله.",
            );
        } else {
            match &why.rationale {
                Rationale::Weighed(weighing) => line.weighed(why.dimension, weighing),
                Rationale::Ladder(ladder) => line.ladder(why.dimension, ladder),
                Rationale::Blend(blend) => line.blend(blend),
            }
        }
        if !why.uncounted.is_empty() {
            let count = why.uncounted.len();
            line.add(
                &format!(" Not counted: {count}."),
                &format!(" ما لم يُحتسب: {count}."),
            );
        }
        line
    }

    /// Returns the label of a kind.
    pub(super) fn label(kind: Kind) -> Self {
        Self {
            en: kind.label_en().to_owned(),
            ar: kind.label_ar().to_owned(),
        }
    }

    fn add(&mut self, en: &str, ar: &str) {
        self.en.push_str(en);
        self.ar.push_str(ar);
    }

    fn weighed(&mut self, dimension: Dimension, weighing: &Weighing) {
        let reading = weighing.reading;
        let (warmth, strain) = (number(reading.warmth), number(reading.strain));
        if dimension == Dimension::Weighed(Weighed::Threat) {
            self.add(
                &format!(", strain {strain}."),
                &format!("، الثقل {strain}."),
            );
        } else {
            let index = number(reading.index);
            self.add(
                &format!(", index {index}: warmth {warmth} against strain {strain}."),
                &format!(
                    "، المؤشر {}: الودّ {warmth} مقابل التوتر {strain}.",
                    ltr(&index)
                ),
            );
        }
        let Some(first) = weighing.shares.first() else {
            return self.add(
                " All that was reported has faded.",
                " تلاشى أثر كل ما أُبلغ عنه.",
            );
        };
        let part = part(first, &weighing.shares);
        let side = if first.side.strain {
            label("strain", "التوتر")
        } else {
            label("warmth", "الودّ")
        };
        let cited = cited(&first.cited);
        self.add(
            &format!(" Above all: {} ({part}% of the {}).", cited.en, side.en),
            &format!(" الأبرز: {} ({part}٪ من {}).", cited.ar, side.ar),
        );
        let count = weighing.shares.len();
        self.add(
            &format!(" Counted: {count}."),
            &format!(" ما احتُسب: {count}."),
        );
    }

    fn ladder(&mut self, dimension: Dimension, ladder: &Ladder) {
        match ladder.evidence.iter().find(|evidence| evidence.sets) {
            Some(evidence) => {
                let (role, cited) = (labels::role(evidence.role), cited(&evidence.cited));
                self.add(
                    &format!(". Set by {}: {}.", role.en, cited.en),
                    &format!(". المستند: {}، {}.", role.ar, cited.ar),
                );
            }
            None => self.add(". Nothing sets it.", ". لا شيء يحدده."),
        }
        if dimension == Dimension::Recognition
            && let Some(declared) = ladder.declared
        {
            let word = declared.as_str();
            self.add(
                &format!(" Declared: {}.", labels::english(word)),
                &format!(
                    " المعلن: {}.",
                    labels::arabic(Some(Dimension::Declared), word)
                ),
            );
        }
        let others = ladder
            .evidence
            .iter()
            .filter(|evidence| !evidence.sets)
            .count();
        if others > 0 {
            self.add(
                &format!(" Considered beside it: {others}."),
                &format!(" ما أُخذ في الحسبان معه: {others}."),
            );
        }
    }

    fn blend(&mut self, blend: &Blend) {
        let index = number(blend.index.unwrap_or_default());
        let trajectory = blend.trajectory.map_or(UNKNOWN, Trajectory::as_str);
        self.add(
            &format!(", index {index}, {trajectory}. Blended from"),
            &format!(
                "، المؤشر {}، الاتجاه: {}. يجمع",
                ltr(&index),
                labels::arabic(None, trajectory)
            ),
        );
        let known = blend
            .parts
            .iter()
            .filter_map(|part| Some((part, part.index?)));
        for (place, (part, index)) in known.enumerate() {
            let (label, index) = (labels::weighed(part.weighed), number(index));
            let weight = Decimal1::from_thousandths(i64::from(part.weight));
            let gaps = if place == 0 {
                (" ", ": ")
            } else {
                (", ", "، ")
            };
            let _ = write!(self.en, "{}{} {index} (weight {weight})", gaps.0, label.en);
            let _ = write!(
                self.ar,
                "{}{} {} (الوزن {weight})",
                gaps.1,
                label.ar,
                ltr(&index)
            );
        }
        self.add(".", ".");
    }
}

/// Describes an event by its kind, date and grade, and whether it is disputed.
fn cited(cited: &Cited) -> BilingualText {
    let date = canonical(cited.earliest, cited.latest);
    let code = cited.code.as_deref();
    let code = code.map_or_else(String::new, |code| format!(" {code}"));
    let disputed = if cited.disputed {
        (", disputed", "، متنازع عليه")
    } else {
        ("", "")
    };
    let grade = cited.grade;
    BilingualText {
        en: format!(
            "{}{code}, {date}, graded {grade}{}",
            cited.kind.label_en(),
            disputed.0
        ),
        ar: format!(
            "{}{code}، {}، الدرجة {grade}{}",
            cited.kind.label_ar(),
            ltr(&date),
            disputed.1
        ),
    }
}

/// Returns a share as a part of its side, in hundredths, rounded down.
fn part(share: &Share, shares: &[Share]) -> u128 {
    u128::from(share.counted) * 100 / total(shares, share.side.strain).max(1)
}

fn number(thousandths: i64) -> String {
    Decimal1::from_thousandths(thousandths).to_string()
}

/// Marks figures as left-to-right within Arabic, so that signs and dashes keep their place.
fn ltr(text: &str) -> String {
    format!("\u{200e}{text}\u{200e}")
}
