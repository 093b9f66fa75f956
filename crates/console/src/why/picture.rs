//! The reasons for a level as a picture, which needs no page.

use detente_api::request::Topic;
use detente_api::view::localized::{figure, towards};
use detente_api::view::{
    BlendRule, BoundView, EvidenceView, RuleView, Side, Text, WhyView, in_words, labels, milli,
    units,
};
use detente_domain::dimension::Dimension;
use maud::Markup;

use super::evidence::{headings, supports};
use super::rule::{numbers, pooled, range};
use crate::ask::Ask;
use crate::cite::Cite;
use crate::picture::{BOLD, Face, LEVEL, MARGIN, PLAIN, SOFT, Sheet, isolate};
use crate::{dates, level};

/// The width of a picture.
const WIDTH: f64 = 880.0;
/// The most pieces of evidence that are drawn.
const EVIDENCE_MAX: usize = 8;
/// The height of one, and where its contribution is drawn.
const ROW: f64 = 38.0;
const BARS: f64 = 590.0;
/// The width of the number beside a bar.
const NUMBER: f64 = 46.0;

/// What an event, or a dimension, contributes.
struct Contribution {
    title: String,
    about: String,
    /// The parts on the side of the level, and on the other, in millionths, and what is said of it.
    bars: [u64; 2],
    sign: &'static str,
    note: String,
}

/// Draws reasons.
pub(super) fn draw(ask: &Ask, why: &WhyView) -> Markup {
    let (texts, of) = (ask.texts, why.dimension.0);
    let parties = towards(ask.name_of(&why.from), ask.name_of(&why.to), ask.lang);
    let title = format!("{parties}: {}", labels::dimension(of).text(ask.lang));
    let mut sheet = Sheet::new(ask.lang, WIDTH, &title);
    held(ask, &mut sheet, why);
    sheet.lines(BOLD, &dates::in_words(why.line.text(ask.lang), texts));
    sheet.y += 4.0;
    rule(ask, &mut sheet, why);
    let (heads, all, left) = match &why.rule {
        RuleView::Blend(blend) => {
            let parts = parts(ask, blend);
            (["levels-warmth", "levels-strain"], parts, 0)
        }
        RuleView::Index(_) | RuleView::Ladder(_) => {
            let shown = why.evidence.iter().take(EVIDENCE_MAX);
            let all: Vec<_> = shown.map(|evidence| counted(ask, why, evidence)).collect();
            let left = why.evidence_count.saturating_sub(all.len());
            (headings(why), all, left)
        }
    };
    if all.is_empty() {
        sheet.lines(PLAIN, &texts.say("why-none"));
    } else {
        contributions(ask, &mut sheet, heads, &all);
    }
    if left > 0 {
        sheet.lines(PLAIN, &labels::more(left, ask.lang));
    }
    let at = dates::words(&why.at, texts);
    let args = [
        ("at", at.into()),
        ("known", why.known_at.to_string().into()),
    ];
    let point = texts.with("map-point", args);
    let args = [("projection", why.projection.clone().into())];
    let source = texts.with("picture-source", args);
    sheet.y += 4.0;
    sheet.lines(SOFT, &format!("{point} {source}"));
    sheet.finish()
}

/// Writes the level with its mark, its marks of doubt, and since when it holds.
fn held(ask: &Ask, sheet: &mut Sheet, why: &WhyView) {
    let chip = Chip::new(ask, (why.dimension.0, &why.level), true);
    chip.write(sheet, MARGIN);
    let flags = [
        (why.stale, labels::STALE),
        (why.presumed, labels::PRESUMED),
        (why.uncertain, labels::UNCERTAIN),
        (why.disputed, labels::DISPUTED),
    ];
    let flags = flags.into_iter().filter(|(is_set, _)| *is_set);
    let mut said: Vec<String> = Vec::new();
    if let Some(since) = &why.since {
        let date = dates::words(since, ask.texts);
        let since = ask.texts.with("cell-since", [("date", date.into())]);
        said.push(since.into_owned());
    }
    said.extend(flags.map(|(_, flag)| flag.text(ask.lang).to_owned()));
    let x = MARGIN + chip.width() + 10.0;
    sheet.text(PLAIN, x, sheet.y + 15.0, &said.join(" · "));
    sheet.y += 30.0;
}

/// A level in its colour.
struct Chip {
    class: String,
    mark: &'static str,
    word: String,
    face: Face,
}

impl Chip {
    fn new(ask: &Ask, (of, word): (Dimension, &str), is_held: bool) -> Self {
        let class = level::classes(of, word);
        let class = class.rsplit(' ').next().unwrap_or_default();
        // The one that holds has an outline.
        let outline = if is_held { " tick" } else { "" };
        Self {
            class: format!("{class}{outline}"),
            mark: level::mark(of, word),
            word: level::word(of, word, ask.lang),
            face: if is_held { BOLD } else { LEVEL },
        }
    }

    fn head(&self) -> f64 {
        BOLD.width(self.mark) + 6.0
    }

    fn width(&self) -> f64 {
        self.head() + self.face.width(&self.word) + 14.0
    }

    fn write(&self, sheet: &mut Sheet, x: f64) {
        sheet.fill(&self.class, None, [x, sheet.y, self.width(), 21.0]);
        sheet.text(BOLD, x + 7.0, sheet.y + 15.0, self.mark);
        sheet.text(self.face, x + 7.0 + self.head(), sheet.y + 15.0, &self.word);
    }
}

/// Writes the rule with its numbers, and the levels with their bounds.
fn rule(ask: &Ask, sheet: &mut Sheet, why: &WhyView) {
    let of = why.dimension.0;
    let words = in_words(of, ask.lang);
    let (line, scale) = match &why.rule {
        RuleView::Index(rule) => {
            let numbers = figure(&numbers(rule), ask.lang);
            // The formula of a threat is its strain.
            let line = if *rule.formula == *"S" {
                numbers
            } else {
                format!("{} · {numbers}", figure(&rule.formula, ask.lang))
            };
            (line, Some((&rule.levels, &rule.bounds)))
        }
        RuleView::Ladder(_) => (words.to_owned(), None),
        RuleView::Blend(rule) => {
            let numbers = pooled(rule).map(|numbers| figure(&numbers, ask.lang));
            let line = numbers.map_or_else(
                || words.to_owned(),
                |numbers| format!("{words} · {numbers}"),
            );
            (line, Some((&rule.levels, &rule.bounds)))
        }
    };
    sheet.lines(PLAIN, &format!("{}: {line}", ask.texts.say("why-rule")));
    if let Some((levels, bounds)) = scale {
        sheet.y += 4.0;
        levels_between(ask, sheet, (of, &why.level), (levels, bounds));
    }
    sheet.y += 6.0;
}

fn levels_between(
    ask: &Ask,
    sheet: &mut Sheet,
    (of, held): (Dimension, &str),
    (levels, bounds): (&[Text], &[BoundView]),
) {
    let mut x = MARGIN;
    for (place, word) in levels.iter().enumerate() {
        let chip = Chip::new(ask, (of, word), **word == *held);
        if x + chip.width() > sheet.width - MARGIN {
            x = MARGIN;
            sheet.y += 26.0;
        }
        chip.write(sheet, x);
        x += chip.width() + 6.0;
        if let Some(bound) = bounds.get(place) {
            let bound = figure(&range(bound), ask.lang);
            sheet.text(SOFT, x, sheet.y + 15.0, &bound);
            x += SOFT.width(&bound) + 6.0;
        }
    }
    sheet.y += 26.0;
}

/// Returns what an event contributes.
fn counted(ask: &Ask, why: &WhyView, evidence: &EvidenceView) -> Contribution {
    let (texts, cited) = (ask.texts, &evidence.cited);
    let mut about = vec![
        dates::words(&cited.occurred, texts),
        figure(&cited.grade, ask.lang),
    ];
    about.extend(
        cited
            .published
            .first()
            .map(|first| isolate(&first.publisher)),
    );
    if cited.disputed {
        about.push(labels::DISPUTED.text(ask.lang).to_owned());
    }
    let (mut bars, mut sign, mut note) = ([0, 0], "", String::new());
    if let Some(weighed) = &evidence.weighed {
        bars[usize::from(!supports(why, evidence))] = weighed.counted_micro;
        let part = (weighed.share_milli / 10).to_string();
        let args = [("part", part.into())];
        (sign, note) = match weighed.side.0 {
            Side::Strain => ("−", texts.with("why-part-strain", args).into_owned()),
            Side::Warmth => ("+", texts.with("why-part-warmth", args).into_owned()),
        };
    }
    if let Some(ladder) = &evidence.ladder {
        let rung = ladder.rung.as_deref();
        let rung = rung.map(|rung| labels::word(Topic::Dimension(why.dimension.0), rung, ask.lang));
        note = match rung {
            _ if ladder.sets => texts.say("why-sets").into_owned(),
            Some(rung) => texts
                .with("why-stands-for", [("level", rung.into())])
                .into_owned(),
            None => texts.say("why-stands-for-nothing").into_owned(),
        };
    }
    Contribution {
        title: Cite::from(cited).text(ask).to_owned(),
        about: about.join(" · "),
        bars,
        sign,
        note,
    }
}

/// Returns what the dimensions of a posture contribute.
fn parts(ask: &Ask, rule: &BlendRule) -> Vec<Contribution> {
    let known = rule.parts.iter();
    let known = known.filter(|part| part.warmth_milli > 0 || part.strain_milli > 0);
    let part = |part: &detente_api::view::PartView| {
        let of = Dimension::Weighed(part.dimension.0);
        let weight = figure(&milli(part.weight_milli.into()), ask.lang);
        let masses = [part.warmth_milli, part.strain_milli];
        Contribution {
            title: labels::dimension(of).text(ask.lang).to_owned(),
            about: format!(
                "{} · {} {weight}",
                level::word(of, &part.level, ask.lang),
                ask.texts.say("why-weight")
            ),
            bars: masses.map(|mass| u64::try_from(mass).unwrap_or(0).saturating_mul(1_000)),
            sign: "",
            note: String::new(),
        }
    };
    known.map(part).collect()
}

/// Where bars are drawn.
struct Bars {
    /// Whether anything is weighed.
    has_any: bool,
    axis: f64,
    /// The length of the longest, which stands for so many millionths.
    longest: f64,
    most: u64,
}

impl Bars {
    fn length(&self, micro: u64) -> f64 {
        let part = micro.saturating_mul(1_000) / self.most.max(1);
        f64::from(u16::try_from(part).unwrap_or(1_000)) / 1_000.0 * self.longest
    }

    /// Writes a contribution: what supports the level runs on from the axis, what opposes it back.
    fn write(&self, ask: &Ask, sheet: &mut Sheet, each: &Contribution) {
        let (axis, y) = (self.axis, sheet.y);
        sheet.line("grid", [MARGIN, y, sheet.width - MARGIN, y]);
        let space = BARS - MARGIN - 14.0;
        let title = isolate(&PLAIN.cut(&each.title, space));
        sheet.text(PLAIN, MARGIN, y + 16.0, &title);
        sheet.text(SOFT, MARGIN, y + 31.0, &SOFT.cut(&each.about, space));
        let [ahead, back] = each.bars;
        let number = |micro| figure(&format!("{}{}", each.sign, units(micro)), ask.lang);
        let [first, second] = each.classes();
        if ahead > 0 {
            let length = self.length(ahead);
            sheet.fill(first, None, [axis, y + 6.0, length, 12.0]);
            sheet.text(LEVEL, axis + length + 5.0, y + 16.0, &number(ahead));
        }
        if back > 0 {
            let length = self.length(back);
            sheet.fill(second, None, [axis - length, y + 6.0, length, 12.0]);
            sheet.text_to(LEVEL, axis - length - 5.0, y + 16.0, &number(back));
        }
        let y = if self.has_any { y + 31.0 } else { y + 16.0 };
        if back > 0 {
            sheet.text_to(SOFT, axis - 6.0, y, &each.note);
        } else {
            sheet.text(SOFT, axis + 4.0, y, &each.note);
        }
        sheet.y += ROW;
    }
}

impl Contribution {
    /// Returns the classes of its two bars. A dimension has both, without a sign.
    fn classes(&self) -> [&'static str; 2] {
        match self.sign {
            "−" => ["strain"; 2],
            "+" => ["warmth"; 2],
            _ => ["warmth", "strain"],
        }
    }
}

fn contributions(ask: &Ask, sheet: &mut Sheet, heads: [&str; 2], all: &[Contribution]) {
    let most = |side: usize| all.iter().filter_map(|each| each.bars.get(side)).max();
    let [ahead, back] = [0, 1].map(|side| most(side).copied().unwrap_or(0));
    let space = sheet.width - MARGIN - BARS;
    // The side of what opposes has space only if something does.
    let behind = if back > 0 { space / 2.0 } else { 0.0 };
    let bars = Bars {
        has_any: ahead > 0 || back > 0,
        axis: BARS + behind,
        longest: space - behind - NUMBER,
        most: ahead.max(back),
    };
    if bars.has_any {
        let [first, second] = heads.map(|head| ask.texts.say(head));
        sheet.text(SOFT, bars.axis + 4.0, sheet.y + 12.0, &first);
        if back > 0 {
            sheet.text_to(SOFT, bars.axis - 6.0, sheet.y + 12.0, &second);
        }
        sheet.y += 18.0;
    }
    let top = sheet.y;
    for each in all {
        bars.write(ask, sheet, each);
    }
    if bars.has_any {
        sheet.line("axis", [bars.axis, top, bars.axis, sheet.y]);
    }
    sheet.y += 4.0;
}
