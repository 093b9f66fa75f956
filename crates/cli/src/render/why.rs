//! Explanations: the summary, the rule, and the evidence that counted or did not.

use std::fmt::Write as _;

use detente_api::view::{
    BlendRule, BoundView, CitedView, Decimal1, EvidenceView, IndexRule, LadderRule, RuleView, Side,
    Text, UncountedView, WhyView,
};
use detente_domain::party::Lang;

use super::table::{Cell, Column, Table, clean};
use super::{DISPUTED, further, lag, party, plain, title_in};
use crate::output::Output;

/// Renders the explanation of a level.
pub(crate) fn why(out: &Output, view: &WhyView, lang: Lang) -> String {
    let mut text = format!(
        "{}\n\n{} towards {}: {}, on {}, as known at {}, by rulebook {} ({})\n",
        clean(view.line.text(lang)),
        party(&view.from),
        party(&view.to),
        view.dimension,
        view.at,
        view.known_at,
        clean(&view.rulebook),
        view.projection,
    );
    let rule = match &view.rule {
        RuleView::Index(rule) => index(rule),
        RuleView::Ladder(rule) => ladder(rule),
        RuleView::Blend(rule) => blend(rule),
    };
    let _ = writeln!(text, "{rule}");
    let counted = match &view.rule {
        RuleView::Index(_) => weights(&view.evidence, lang),
        RuleView::Ladder(_) => rungs(&view.evidence, lang),
        RuleView::Blend(rule) => parts(rule),
    };
    for table in [counted, uncounted(&view.uncounted, lang)] {
        if !table.is_empty() {
            let _ = writeln!(text, "\n{}", table.render(out));
        }
    }
    if let Some(rest) = view.rest {
        let (warmth, strain) = (units(rest.warmth_micro), units(rest.strain_micro));
        let count = rest.count;
        let _ = writeln!(
            text,
            "{count} more count for {warmth} of warmth and {strain} of strain; --limit shows them"
        );
    }
    if view.cites_disputed() {
        let _ = writeln!(text, "{DISPUTED} disputed");
    }
    let hidden = view.uncounted_count - view.uncounted.len().min(view.uncounted_count);
    if hidden > 0 {
        let _ = writeln!(text, "{hidden} more did not count");
    }
    text
}

fn index(rule: &IndexRule) -> String {
    let sums = rule.sums;
    let strain = units(sums.strain_micro);
    let mut text = format!("rule: {}, with S {strain}", rule.formula);
    if let Some(index) = rule.index {
        let (warmth, damping) = (units(sums.warmth_micro), milli(rule.damping_milli));
        let _ = write!(text, ", W {warmth} and c {damping}, is {index}");
    }
    let _ = write!(
        text,
        "\n      half-life {} days; disputed x {}; per change of authority x {}; machines at most {}",
        rule.half_life_days,
        milli(rule.disputed_milli.into()),
        milli(rule.carry_over_milli.into()),
        milli(rule.machine_share_milli.into()),
    );
    let _ = write!(
        text,
        "\n      {}",
        levels(&rule.levels, &rule.bounds, &rule.before)
    );
    text
}

/// Lists levels with the bounds between them. Within the range of a bound, the level of the day
/// before stays.
fn levels(levels: &[Text], bounds: &[BoundView], before: &str) -> String {
    let mut text = String::new();
    for (place, level) in levels.iter().enumerate() {
        text.push_str(level);
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
    let _ = write!(text, "\n      the day before: {before}");
    text
}

fn ladder(rule: &LadderRule) -> String {
    let since = rule.authority_since.as_deref();
    let since = since.map_or_else(String::new, |since| format!(" since {since}"));
    format!(
        "rule: {}\n      at least {}; governing there: {}{since}",
        rule.formula, rule.weakest_grade, rule.authority
    )
}

fn blend(rule: &BlendRule) -> String {
    format!(
        "rule: {}\n      {}\n      trajectory: {}; without the last {} days the index were {}, and \
         {} apart moves it",
        rule.formula,
        levels(&rule.levels, &rule.bounds, &rule.before),
        rule.trajectory,
        rule.window_days,
        Decimal1::from_thousandths(rule.without_window_milli),
        milli(rule.step_milli),
    )
}

fn weights(evidence: &[EvidenceView], lang: Lang) -> Table {
    let columns = [
        Column::new("counts"),
        Column::new("part"),
        Column::new("weight").optional(3),
        Column::new("grade"),
        Column::new("left").optional(2),
        Column::new("age").optional(1),
        Column::new("date"),
        Column::new("event").min_width(24),
        Column::new("published by").min_width(10).optional(4),
        Column::new("late by").optional(0),
    ];
    let rows = evidence.iter().filter_map(|evidence| {
        let (weighed, cited) = (evidence.weighed.as_ref()?, &evidence.cited);
        let sign = if weighed.side.0 == Side::Strain {
            "-"
        } else {
            "+"
        };
        let left = u64::from(weighed.decay) * 100 / (1 << 30);
        let carried = match weighed.carried {
            0 => String::new(),
            times => format!(" /{times}"),
        };
        Some([
            Cell::from(format!("{sign}{}", units(weighed.counted_micro))),
            format!("{}%", weighed.share_milli / 10).into(),
            milli(weighed.weight_milli.into()).into(),
            grade(cited).into(),
            format!("{left}%{carried}").into(),
            format!("{} d", weighed.age_days).into(),
            Cell::from(&cited.occurred),
            event(cited, lang),
            publisher(cited),
            lag(cited.lag_days).into(),
        ])
    });
    Table::new(columns, rows)
}

fn rungs(evidence: &[EvidenceView], lang: Lang) -> Table {
    let columns = [
        Column::new("sets"),
        Column::new("as"),
        Column::new("stands for"),
        Column::new("grade"),
        Column::new("date"),
        Column::new("event").min_width(24),
        Column::new("published by").min_width(10).optional(1),
        Column::new("late by").optional(0),
    ];
    let rows = evidence.iter().filter_map(|evidence| {
        let (ladder, cited) = (evidence.ladder.as_ref()?, &evidence.cited);
        Some([
            Cell::from(if ladder.sets { "it" } else { "" }),
            ladder.role.as_str().into(),
            plain(ladder.rung.as_deref().unwrap_or("nothing")).into(),
            grade(cited).into(),
            Cell::from(&cited.occurred),
            event(cited, lang),
            publisher(cited),
            lag(cited.lag_days).into(),
        ])
    });
    Table::new(columns, rows)
}

fn parts(rule: &BlendRule) -> Table {
    let columns = ["dimension", "weight", "level", "index"].map(Column::new);
    let rows = rule.parts.iter().map(|part| {
        let index = part.index.map(|index| index.to_string());
        [
            part.dimension.as_str().to_owned(),
            milli(part.weight_milli.into()),
            part.level.to_string(),
            index.unwrap_or_default(),
        ]
    });
    Table::new(columns, rows)
}

fn uncounted(uncounted: &[UncountedView], lang: Lang) -> Table {
    let columns = [
        Column::new("did not count"),
        Column::new("since").optional(1),
        Column::new("grade"),
        Column::new("date"),
        Column::new("event").min_width(24),
        Column::new("by").min_width(8).optional(0),
    ];
    let rows = uncounted.iter().map(|evidence| {
        let cited = &evidence.cited;
        let by = evidence.by.map(|by| by.to_string());
        [
            Cell::from(plain(&evidence.because)),
            evidence.on.as_deref().unwrap_or_default().into(),
            grade(cited).into(),
            Cell::from(&cited.occurred),
            event(cited, lang),
            by.unwrap_or_default().into(),
        ]
    });
    Table::new(columns, rows)
}

/// Returns the title of an event, or the label of its kind.
fn event(cited: &CitedView, lang: Lang) -> Cell {
    let title = title_in(&cited.title, lang);
    let label = cited.label.text(lang);
    Cell::from(title.map_or(label, String::as_str))
}

fn grade(cited: &CitedView) -> String {
    let mark = if cited.disputed { DISPUTED } else { "" };
    format!("{}{mark}", cited.grade)
}

fn publisher(cited: &CitedView) -> Cell {
    let Some(first) = cited.published.first() else {
        return Cell::default();
    };
    Cell::with_tail(&first.publisher, further(cited.published.len(), ""))
}

/// Formats millionths with three decimals, rounded down.
fn units(micro: u64) -> String {
    format!("{}.{:03}", micro / 1_000_000, micro / 1000 % 1000)
}

/// Formats thousandths without trailing zeros.
fn milli(thousandths: i64) -> String {
    let sign = if thousandths < 0 { "-" } else { "" };
    let (whole, rest) = (
        thousandths.unsigned_abs() / 1000,
        thousandths.unsigned_abs() % 1000,
    );
    let rest = format!("{rest:03}");
    let rest = rest.trim_end_matches('0');
    let rest = if rest.is_empty() { "0" } else { rest };
    format!("{sign}{whole}.{rest}")
}
