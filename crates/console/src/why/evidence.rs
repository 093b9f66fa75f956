//! The evidence of a level in three lists: for it, against it, and what did not count.

use std::collections::BTreeMap;

use detente_api::request::Topic;
use detente_api::view::{
    CitedView, EvidenceView, RuleView, Side, UncountedView, WeightView, WhyView, labels, milli,
    units,
};
use detente_domain::day::Day;
use detente_domain::dimension::Dimension;
use detente_read_model::ReadSource as _;
use detente_read_model::archive::Archive;
use maud::{Markup, html};
use uuid::Uuid;

use crate::ask::Ask;
use crate::cite::{self, Cite};
use crate::dates;
use crate::text::Texts;

/// The most linked events that are named.
const LINKED_SHOWN: usize = 5;

/// The days on which commits were recorded, by position.
pub(super) struct Evidence {
    recorded: BTreeMap<u64, Day>,
}

impl Evidence {
    /// Reads the days on which the cited events were recorded and settled.
    pub(super) async fn read(ask: &Ask, why: &WhyView) -> Self {
        let counted = why.evidence.iter().map(|evidence| &evidence.cited);
        let cited = counted.chain(why.uncounted.iter().map(|event| &event.cited));
        let positions: Vec<u64> = cited
            .flat_map(|cited| [cited.position, cited.settled])
            .collect();
        let days = move |archive: &mut Archive| {
            let day = |position: u64| Some((position, archive.recorded(position)?));
            positions.into_iter().filter_map(day).collect()
        };
        Self {
            recorded: ask.model.with_archive(days).await,
        }
    }

    /// Writes the lists.
    pub(super) fn section(&self, ask: &Ask, why: &WhyView) -> Markup {
        let texts = ask.texts;
        let of = why.dimension.0;
        let (mut for_it, mut against) = (Vec::new(), Vec::new());
        for evidence in &why.evidence {
            if supports(why, evidence) {
                for_it.push(evidence);
            } else {
                against.push(evidence);
            }
        }
        let [first, second] = headings(why);
        html! {
            @if !matches!(why.rule, RuleView::Blend(_)) {
                @for (key, list) in [(first, for_it), (second, against)] {
                    @if !list.is_empty() || key == first {
                        section {
                            h2 { (texts.say(key)) " (" (list.len()) ")" }
                            @if list.is_empty() { p.empty { (texts.say("why-none")) } }
                            ul.cites { @for evidence in list { li { (self.counted(ask, of, evidence)) } } }
                        }
                    }
                }
            }
            @if !why.uncounted.is_empty() {
                section {
                    h2 { (texts.say("why-uncounted")) " (" (why.uncounted_count) ")" }
                    ul.cites { @for event in &why.uncounted { li { (self.uncounted(ask, event)) } } }
                }
            }
        }
    }

    fn counted(&self, ask: &Ask, of: Dimension, evidence: &EvidenceView) -> Markup {
        let cited = &evidence.cited;
        html! {
            (Cite::from(cited).render(ask))
            @if let Some(weighed) = &evidence.weighed { (contribution(ask, weighed)) }
            @if let Some(ladder) = &evidence.ladder {
                @let role = labels::role(ladder.role.0).text(ask.lang);
                @let rung = ladder.rung.as_deref().map(|rung| labels::word(Topic::Dimension(of), rung, ask.lang));
                p.part {
                    (ask.texts.with("why-as", [("role", role.into())]))
                    " · "
                    @match rung {
                        Some(rung) => (ask.texts.with("why-stands-for", [("level", rung.into())])),
                        None => (ask.texts.say("why-stands-for-nothing")),
                    }
                    @if ladder.sets { " · " strong { (ask.texts.say("why-sets")) } }
                }
            }
            (self.provenance(ask, cited, evidence.weighed.as_ref()))
        }
    }

    fn uncounted(&self, ask: &Ask, event: &UncountedView) -> Markup {
        let because = labels::exclusion(&event.because, ask.lang);
        let cite = Cite::from(&event.cited).retracted(event.because == "retracted");
        let on = event.on.as_deref();
        let on = on.map(|on| dates::words(on, ask.texts));
        html! {
            (cite.render(ask))
            p.part {
                strong { (ask.texts.with("why-because", [("reason", because.into())])) }
                @if let Some(on) = on { " · " (ask.texts.with("cell-since", [("date", on.into())])) }
                @if let Some(by) = event.by {
                    " · " a href=(ask.href(&format!("events/{by}"), &[])) { (ask.texts.say("why-by")) }
                }
            }
            (self.provenance(ask, &event.cited, None))
        }
    }

    /// Writes the dates of all kinds, the denials and the links of an event, and how it is weighed.
    fn provenance(&self, ask: &Ask, cited: &CitedView, weighed: Option<&WeightView>) -> Markup {
        let texts = ask.texts;
        let recorded = |position: u64| {
            let day = self.recorded.get(&position).map(Day::to_string);
            let day = day.map_or_else(String::new, |day| {
                dates::words(&day, texts) + &texts.say("list-comma")
            });
            texts.with(
                "why-position",
                [
                    ("day", day.into()),
                    ("position", position.to_string().into()),
                ],
            )
        };
        let published = cited.published.iter().filter_map(|publication| {
            let date = dates::words(publication.published.as_deref()?, texts);
            Some((date, &publication.publisher))
        });
        let published: Vec<_> = published.collect();
        let denied: Vec<&str> = cited
            .denied_by
            .iter()
            .map(|code| ask.name_of(code))
            .collect();
        html! {
            details {
                summary { (texts.say(if weighed.is_some() { "why-weighing" } else { "why-details" })) }
                dl.facts {
                    @if let Some(weighed) = weighed { (factors(ask, weighed)) }
                    dt { (texts.say("why-occurred")) } dd { (dates::words(&cited.occurred, texts)) " " code { (cited.occurred) } }
                    @if !published.is_empty() {
                        dt { (texts.say("why-published")) }
                        dd { @for (date, publisher) in &published { div { (date) " (" bdi { (publisher) } ")" } } }
                    }
                    dt { (texts.say("why-recorded")) } dd { (recorded(cited.position)) }
                    dt { (texts.say("why-settled")) } dd { (recorded(cited.settled)) }
                    @if let Some(lag) = cited.lag_days { dt { (texts.say("why-lag")) } dd { (days(texts, lag)) } }
                    @for publication in &cited.published {
                        dt { bdi { (publication.publisher) } } dd { (cite::grade(ask, &publication.grade)) }
                    }
                    @if let Some(total) = cited.records_total {
                        dt { (texts.say("why-records")) } dd { (total) }
                    }
                    @if let Some(code) = &cited.code { dt { (texts.say("why-code")) } dd { code { (code) } } }
                    @if !denied.is_empty() { dt { (texts.say("disputes-denied")) } dd { (denied.join(" · ")) } }
                    @if !cited.linked.is_empty() {
                        dt { (texts.say("why-linked")) }
                        dd { (linked(ask, &cited.linked, cited.linked_total)) }
                    }
                }
            }
        }
    }
}

fn linked(ask: &Ask, linked: &[Uuid], total: Option<usize>) -> Markup {
    let shown = linked.len().min(LINKED_SHOWN);
    html! {
        span.numbered {
            @for (place, event) in linked.iter().take(LINKED_SHOWN).enumerate() {
                a href=(ask.href(&format!("events/{event}"), &[])) aria-label=(event) { (place + 1) }
            }
            (labels::more(total.unwrap_or(linked.len()).saturating_sub(shown), ask.lang))
        }
    }
}

fn days(texts: Texts, days: i32) -> String {
    texts
        .with("clock-days", [("count", days.into())])
        .into_owned()
}

/// Writes what an event contributes.
fn contribution(ask: &Ask, weighed: &WeightView) -> Markup {
    let texts = ask.texts;
    let part = (weighed.share_milli / 10).to_string();
    let (sign, key) = match weighed.side.0 {
        Side::Strain => ("−", "why-part-strain"),
        Side::Warmth => ("+", "why-part-warmth"),
    };
    html! {
        p.part {
            strong { bdi dir="ltr" { (sign) (units(weighed.counted_micro)) } }
            " · "
            (texts.with(key, [("part", part.into())]))
            @if weighed.machine { " · " (texts.say("why-machine")) }
        }
    }
}

/// Writes the factors of a contribution.
fn factors(ask: &Ask, weighed: &WeightView) -> Markup {
    let texts = ask.texts;
    let left = u64::from(weighed.decay) * 100 / (1 << 30);
    let half_life = i32::try_from(weighed.half_life_days).unwrap_or(i32::MAX);
    let grade = i64::try_from(weighed.grade_milli).unwrap_or(i64::MAX);
    let facts = [
        ("why-weight", milli(weighed.weight_milli.into())),
        ("why-grade-weight", milli(grade)),
        ("why-denied", milli(weighed.denied_milli.into())),
        ("why-mutual", milli(weighed.mutual_milli.into())),
        ("why-mass", units(weighed.mass_micro)),
        ("why-age", days(texts, weighed.age_days)),
        ("why-half-life", days(texts, half_life)),
        ("why-left", format!("{left}%")),
        ("why-left-mass", units(weighed.left_micro)),
        ("why-carried", weighed.carried.to_string()),
    ];
    html! {
        @for (key, value) in facts { dt { (texts.say(key)) } dd { bdi { (value) } } }
        dt { (texts.say("why-rounded")) }
        dd { (texts.say(&format!("why-rounded-{}", weighed.rounded.as_str()))) }
    }
}

/// The side that an index is on.
fn side(why: &WhyView) -> Option<Side> {
    match &why.rule {
        RuleView::Index(rule) if rule.index.is_none() => Some(Side::Strain),
        RuleView::Index(rule) if rule.index_milli > 0 => Some(Side::Warmth),
        RuleView::Index(rule) if rule.index_milli < 0 => Some(Side::Strain),
        _ => None,
    }
}

/// Returns true if evidence speaks for the level: it is on the side of the index, or sets the level,
/// or stands for it.
pub(super) fn supports(why: &WhyView, evidence: &EvidenceView) -> bool {
    match (&evidence.weighed, &evidence.ladder) {
        (Some(weighed), _) => weighed.side.0 == side(why).unwrap_or(Side::Warmth),
        (None, Some(ladder)) => ladder.sets || ladder.rung.as_deref() == Some(&*why.level),
        (None, None) => true,
    }
}

/// Returns the headings of the evidence for and against the level.
pub(super) fn headings(why: &WhyView) -> [&'static str; 2] {
    match (&why.rule, side(why)) {
        (RuleView::Index(_), Some(Side::Warmth)) => ["why-for-warmth", "why-against-strain"],
        (RuleView::Index(_), Some(Side::Strain)) => ["why-for-strain", "why-against-warmth"],
        (RuleView::Index(_), None) => ["levels-warmth", "levels-strain"],
        (RuleView::Ladder(_) | RuleView::Blend(_), _) => ["why-for", "why-beside"],
    }
}
