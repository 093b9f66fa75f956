//! Reasons: the line, the rule, what counted and what did not.

use std::fmt::Write as _;

use detente_api::view::{
    BlendRule, BoundView, CitedView, EvidenceView, IndexRule, LadderRule, RuleView, Tenths,
    UncountedView, WhyView, Word,
};

use super::grid::{Cell, Column, Grid, clean};
use super::{DISPUTED, named, plain, titled};
use crate::Out;
use crate::args::Tongue;

/// The reasons of a dimension, for people.
#[must_use]
pub fn why(out: &Out, view: &WhyView, tongue: Tongue) -> String {
    let mut text = format!(
        "{}\n\n{} towards {}: {}, on {}, as known at {}, by rulebook {} ({})\n",
        clean(view.line.text(tongue.into())),
        named(&view.from),
        named(&view.to),
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
        RuleView::Index(_) => weights(&view.evidence, tongue),
        RuleView::Ladder(_) => rungs(&view.evidence, tongue),
        RuleView::Blend(rule) => parts(rule),
    };
    for table in [counted, uncounted(&view.uncounted, tongue)] {
        if !table.is_empty() {
            let _ = writeln!(text, "\n{}", table.text(out.width()));
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

/// Levels with the bounds between them: within those of a bound, the level of the day before
/// stays.
fn levels(levels: &[Word], bounds: &[BoundView], before: &str) -> String {
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
        Tenths::from_thousandths(rule.without_window_milli),
        milli(rule.step_milli),
    )
}

fn weights(evidence: &[EvidenceView], tongue: Tongue) -> Grid {
    let mut grid = Grid::new([
        Column::new("counts"),
        Column::new("part"),
        Column::new("weight").spare(3),
        Column::new("grade"),
        Column::new("left").spare(2),
        Column::new("age").spare(1),
        Column::new("date"),
        Column::new("event").cut(24),
        Column::new("published by").cut(10).spare(4),
        Column::new("late by").spare(0),
    ]);
    for one in evidence {
        let Some(weighed) = &one.weighed else {
            continue;
        };
        let sign = if weighed.side == "strain" { "-" } else { "+" };
        let left = u64::from(weighed.decay) * 100 / (1 << 30);
        let carried = match weighed.carried {
            0 => String::new(),
            times => format!(" /{times}"),
        };
        grid.add([
            Cell::from(format!("{sign}{}", units(weighed.counted_micro))),
            format!("{}%", weighed.share_milli / 10).into(),
            milli(weighed.weight_milli.into()).into(),
            grade(&one.cited).into(),
            format!("{left}%{carried}").into(),
            format!("{} d", weighed.age_days).into(),
            Cell::from(&one.cited.occurred),
            event(&one.cited, tongue),
            publisher(&one.cited),
            late(&one.cited),
        ]);
    }
    grid
}

fn rungs(evidence: &[EvidenceView], tongue: Tongue) -> Grid {
    let mut grid = Grid::new([
        Column::new("sets"),
        Column::new("as"),
        Column::new("stands for"),
        Column::new("grade"),
        Column::new("date"),
        Column::new("event").cut(24),
        Column::new("published by").cut(10).spare(1),
        Column::new("late by").spare(0),
    ]);
    for one in evidence {
        let Some(stone) = &one.ladder else { continue };
        grid.add([
            Cell::from(if stone.sets { "it" } else { "" }),
            Cell::from(&*stone.role),
            plain(stone.rung.as_deref().unwrap_or("nothing")).into(),
            grade(&one.cited).into(),
            Cell::from(&one.cited.occurred),
            event(&one.cited, tongue),
            publisher(&one.cited),
            late(&one.cited),
        ]);
    }
    grid
}

fn parts(rule: &BlendRule) -> Grid {
    let mut grid = Grid::new([
        Column::new("dimension"),
        Column::new("weight"),
        Column::new("level"),
        Column::new("index"),
    ]);
    for part in &rule.parts {
        let index = part.index.map(|index| index.to_string());
        grid.add([
            Cell::from(&*part.dimension),
            milli(part.weight_milli.into()).into(),
            Cell::from(&*part.level),
            index.unwrap_or_default().into(),
        ]);
    }
    grid
}

fn uncounted(uncounted: &[UncountedView], tongue: Tongue) -> Grid {
    let mut grid = Grid::new([
        Column::new("did not count"),
        Column::new("since").spare(1),
        Column::new("grade"),
        Column::new("date"),
        Column::new("event").cut(24),
        Column::new("by").cut(8).spare(0),
    ]);
    for one in uncounted {
        grid.add([
            Cell::from(plain(&one.because)),
            one.on.clone().unwrap_or_default().into(),
            grade(&one.cited).into(),
            Cell::from(&one.cited.occurred),
            event(&one.cited, tongue),
            one.by.map(|by| by.to_string()).unwrap_or_default().into(),
        ]);
    }
    grid
}

/// The title of an event; what its kind is called, where it has none.
fn event(cited: &CitedView, tongue: Tongue) -> Cell {
    let title = titled(&cited.title, tongue);
    let label = cited.label.text(tongue.into());
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
    let tail = match cited.published.len() {
        0 | 1 => String::new(),
        count => format!(" (+{})", count - 1),
    };
    Cell::with_tail(&first.publisher, tail)
}

fn late(cited: &CitedView) -> Cell {
    let late = cited.lag_days.map(|days| format!("{days} d"));
    late.unwrap_or_default().into()
}

/// Millionths as a number with three decimals, rounded down.
fn units(micro: u64) -> String {
    format!("{}.{:03}", micro / 1_000_000, micro / 1000 % 1000)
}

/// Thousandths as a number without idle noughts.
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
