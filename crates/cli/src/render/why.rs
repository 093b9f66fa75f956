//! Explanations: the summary, the rule, and the evidence that counted or did not.

mod evidence;
mod rule;

use std::fmt::Write as _;

use detente_api::request::Topic;
use detente_api::view::labels::{self, Label};
use detente_api::view::{RuleView, WhyView, units};
use detente_domain::party::Lang;

use super::table::{Column, clean};
use super::{DISPUTED, as_of, topic, towards};
use crate::output::Output;
use evidence::{parts, rungs, uncounted, weights};
use rule::{blend, index, ladder};

/// Renders the explanation of a level.
pub(crate) fn why(out: &Output, view: &WhyView, lang: Lang) -> String {
    let of = view.dimension.0;
    let by = Label::new(", by rulebook", "، بقواعد", ", по своду правил").text(lang);
    let mut text = format!(
        "{}\n\n{}: {}{}{by} {} ({})\n",
        clean(view.line.text(lang)),
        towards(&view.from, &view.to, lang),
        topic(Topic::Dimension(of), lang),
        as_of(&view.at, view.known_at, lang),
        clean(&view.rulebook),
        view.projection,
    );
    let rule = match &view.rule {
        RuleView::Index(rule) => index(rule, of, lang),
        RuleView::Ladder(rule) => ladder(rule, of, lang),
        RuleView::Blend(rule) => blend(rule, lang),
    };
    let _ = writeln!(text, "{rule}");
    let counted = match &view.rule {
        RuleView::Index(_) => weights(&view.evidence, lang),
        RuleView::Ladder(_) => rungs(&view.evidence, of, lang),
        RuleView::Blend(rule) => parts(rule, lang),
    };
    for table in [counted, uncounted(&view.uncounted, lang)] {
        if !table.is_empty() {
            let _ = writeln!(text, "\n{}", table.render(out));
        }
    }
    if let Some(rest) = view.rest {
        let (warmth, strain) = (units(rest.warmth_micro), units(rest.strain_micro));
        let line = rest_line(rest.count, &warmth, &strain, lang);
        let _ = writeln!(text, "{line}");
    }
    if view.cites_disputed() {
        let _ = writeln!(text, "{DISPUTED} {}", labels::DISPUTED.text(lang));
    }
    let hidden = view.uncounted_count - view.uncounted.len().min(view.uncounted_count);
    if hidden > 0 {
        let line = match lang {
            Lang::En => format!("{hidden} more did not count"),
            Lang::Ar => format!("غير محتسَب أيضاً: {hidden}"),
            Lang::Ru => format!("не учтено ещё: {hidden}"),
        };
        let _ = writeln!(text, "{line}");
    }
    text
}

fn rest_line(count: usize, warmth: &str, strain: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!(
            "also counted: {count}, for {warmth} of warmth and {strain} of strain; shown by --limit"
        ),
        Lang::Ar => {
            format!("محتسَب أيضاً: {count}، من الودّ {warmth} ومن التوتر {strain}؛ ويعرضها --limit")
        }
        Lang::Ru => {
            format!("учтено ещё: {count}, сближение {warmth}, трения {strain}; показывает --limit")
        }
    }
}

fn head(en: &'static str, ar: &'static str, ru: &'static str, lang: Lang) -> Column {
    Column::new(Label::new(en, ar, ru).text(lang))
}
