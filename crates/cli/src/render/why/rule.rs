//! The rule of a level, with its numbers.

use std::fmt::Write as _;

use detente_api::request::Topic;
use detente_api::view::labels::{self, Label};
use detente_api::view::{
    BandView, BlendRule, BoundView, Decimal1, IndexRule, LadderRule, Text, UNKNOWN, in_words,
    milli, units,
};
use detente_domain::dimension::Dimension;
use detente_domain::kind::Kind;
use detente_domain::party::Lang;

use super::super::{comma, party};

const fn rule_head(lang: Lang) -> &'static str {
    Label::new("rule:", "القاعدة:", "правило:").text(lang)
}

pub(super) fn index(rule: &IndexRule, of: Dimension, lang: Lang) -> String {
    let sums = rule.sums;
    let strain = units(sums.strain_micro);
    let with = Label::new("with", "حيث", "при").text(lang);
    let comma = comma(lang);
    let mut text = format!(
        "{} {}{comma}{with} S {strain}",
        rule_head(lang),
        rule.formula
    );
    if rule.index.is_some() {
        let (warmth, damping) = (units(sums.warmth_micro), milli(rule.damping_milli));
        let result = Decimal1::from_thousandths(rule.formula_milli);
        let _ = write!(text, ", W {warmth}, c {damping}: {result}");
    }
    let (disputed, carried, machines) = (
        milli(rule.disputed_milli.into()),
        milli(rule.carry_over_milli.into()),
        milli(rule.machine_share_milli.into()),
    );
    let factors = match lang {
        Lang::En => format!(
            "disputed x {disputed}; per change of authority x {carried}; machines at most {machines}"
        ),
        Lang::Ar => format!(
            "المتنازع عليه × {disputed}؛ لكل تغيّر سلطة × {carried}؛ الآلي بحد أقصى {machines}"
        ),
        Lang::Ru => format!(
            "оспариваемое × {disputed}; за смену власти × {carried}; машинное не более {machines}"
        ),
    };
    let _ = write!(text, "\n      {factors}");
    text.push_str(&limits(&rule.band, of, lang));
    if rule.band.floor.is_some() {
        let breaks = milli(rule.floor_breaks_at_milli);
        let line = match lang {
            Lang::En => format!("the floor holds below a strain of {breaks}"),
            Lang::Ar => format!("يصمد الحد الأدنى ما دام التوتر دون {breaks}"),
            Lang::Ru => format!("нижний предел держится при трениях ниже {breaks}"),
        };
        let _ = write!(text, "\n      {line}");
    }
    if let Some(index) = rule
        .index
        .filter(|_| rule.index_milli != rule.formula_milli)
    {
        let line = Label::new("within the limits:", "ضمن الحدود:", "в пределах:");
        let _ = write!(text, "\n      {} {index}", line.text(lang));
    }
    text + &levels((&rule.levels, &rule.bounds), &rule.before, of, lang)
}

/// Lists the limits of a level, a line each.
fn limits(band: &BandView, of: Dimension, lang: Lang) -> String {
    let mut text = String::new();
    for (label, limit) in [
        (labels::CEILING, &band.ceiling),
        (labels::FLOOR, &band.floor),
    ] {
        let Some(limit) = limit else { continue };
        let level = labels::word(Topic::Dimension(of), limit.level.as_str(), lang);
        let kind = Kind::parse(&limit.kind).map_or(&*limit.kind, |kind| kind.label(lang));
        let _ = write!(
            text,
            "\n      {}: {level} ({kind}{}{})",
            label.text(lang),
            comma(lang),
            limit.event
        );
        if let Some(until) = &limit.until {
            let _ = write!(
                text,
                " {} {until}",
                Label::new("until", "حتى", "до").text(lang)
            );
        }
    }
    text
}

/// Lists levels with the bounds between them. Within the range of a bound, the level of the day
/// before stays.
fn levels(
    (levels, bounds): (&[Text], &[BoundView]),
    before: &str,
    of: Dimension,
    lang: Lang,
) -> String {
    let word = |word: &str| labels::word(Topic::Dimension(of), word, lang);
    let mut text = "\n      ".to_owned();
    for (place, level) in levels.iter().enumerate() {
        text.push_str(&word(level));
        if let Some(bound) = bounds.get(place) {
            let least = milli(bound.at_milli - bound.margin_down_milli);
            let most = milli(bound.at_milli + bound.margin_up_milli);
            let both = if least == most {
                least
            } else {
                format!("{least}..{most}")
            };
            let _ = write!(text, " | {both} | ");
        }
    }
    let label = Label::new("the day before", "اليوم السابق", "накануне").text(lang);
    let _ = write!(text, "\n      {label}: {}", word(before));
    text
}

pub(super) fn ladder(rule: &LadderRule, of: Dimension, lang: Lang) -> String {
    let formula = match lang {
        Lang::En => &*rule.formula,
        Lang::Ar | Lang::Ru => in_words(of, lang),
    };
    let since = rule.authority_since.as_deref();
    let word = Label::new("since", "منذ", "с").text(lang);
    let since = since.map_or_else(String::new, |since| format!(" {word} {since}"));
    let authority = match (&*rule.authority, lang) {
        (UNKNOWN, _) => labels::word(Topic::Dimension(of), UNKNOWN, lang),
        (code, Lang::En) => code.to_owned(),
        (code, Lang::Ar | Lang::Ru) => party(code, lang),
    };
    let (head, weakest) = (rule_head(lang), &rule.weakest_grade);
    match lang {
        Lang::En => format!(
            "{head} {formula}\n      at least {weakest}; governing there: {authority}{since}"
        ),
        Lang::Ar => format!(
            "{head} {formula}\n      بدرجة لا تقل عن {weakest}؛ السلطة الحاكمة هناك: {authority}{since}"
        ),
        Lang::Ru => format!(
            "{head} {formula}\n      оценка не ниже {weakest}; у власти там: {authority}{since}"
        ),
    }
}

pub(super) fn blend(rule: &BlendRule, lang: Lang) -> String {
    let of = Dimension::Posture;
    let formula = match lang {
        Lang::En => &*rule.formula,
        Lang::Ar | Lang::Ru => in_words(of, lang),
    };
    let mut text = format!("{} {formula}", rule_head(lang));
    if let Some(pooled) = rule.pooled {
        let [warmth, strain, damping] =
            [pooled.warmth_milli, pooled.strain_milli, rule.damping_milli].map(milli);
        let result = Decimal1::from_thousandths(pooled.index_milli);
        let _ = write!(
            text,
            "\n      W {warmth}, S {strain}, c {damping}: {result}"
        );
    }
    text.push_str(&limits(&rule.band, of, lang));
    if let Some(most) = rule.security_milli {
        let label = Label::new(
            "security allows at most",
            "أقصى ما يسمح به البعد الأمني",
            "безопасность допускает не более",
        );
        let _ = write!(
            text,
            "\n      {} {}",
            label.text(lang),
            Decimal1::from_thousandths(most)
        );
    }
    text.push_str(&levels(
        (&rule.levels, &rule.bounds),
        &rule.before,
        of,
        lang,
    ));
    let trajectory = labels::trajectory(rule.trajectory.0).text(lang);
    let (balance, step, days) = (
        Decimal1::from_thousandths(rule.balance_milli),
        milli(rule.step_milli),
        rule.window_days,
    );
    let line = match lang {
        Lang::En => format!(
            "trajectory: {trajectory}; the evidence of the last {days} days comes to {balance}, and \
             {step} moves it"
        ),
        Lang::Ar => format!(
            "الاتجاه: {trajectory}؛ محصلة الأدلة الأخيرة (بالأيام: {days}) هي {balance}، ويتحرك عند {step}"
        ),
        Lang::Ru => format!(
            "тенденция: {trajectory}; итог свидетельств за последние {days} дн.: {balance}, сдвигает {step}"
        ),
    };
    let _ = write!(text, "\n      {line}");
    text
}
