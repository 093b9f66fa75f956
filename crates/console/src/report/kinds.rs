//! The choice of a kind: by a word, or from the list.

use detente_api::view::KindView;
use detente_domain::kind::Kind;
use detente_read_model::ReadSource as _;
use maud::{Markup, html};

use crate::ask::Ask;
use crate::form::Fields;
use crate::link::address;
use crate::shell::Page;

/// The most kinds that a search shows.
const FOUND_MAX: usize = 12;

/// The subjects by which kinds are grouped, each with its families.
const SUBJECTS: [(&str, &[&str]); 9] = [
    (
        "subject-diplomacy",
        &[
            "relations",
            "mission",
            "envoy",
            "visit",
            "talks",
            "meeting",
            "channel",
        ],
    ),
    (
        "subject-status",
        &["recognition", "authority", "membership", "listing"],
    ),
    (
        "subject-agreements",
        &["agreement", "alliance", "cooperation", "peace", "ceasefire"],
    ),
    (
        "subject-words",
        &[
            "statement",
            "accusation",
            "complaint",
            "demand",
            "threat",
            "reassurance",
            "proposal",
            "policy",
            "tension",
        ],
    ),
    (
        "subject-force",
        &[
            "war",
            "clash",
            "force",
            "territory",
            "attack",
            "alert",
            "forces",
            "exercise",
            "arms",
            "cyber",
        ],
    ),
    (
        "subject-groups",
        &[
            "group",
            "presence",
            "shelter",
            "arrest",
            "operation",
            "hostage",
            "prisoners",
            "trafficking",
            "flow",
        ],
    ),
    (
        "subject-economy",
        &[
            "trade",
            "tariff",
            "sanction",
            "support",
            "project",
            "restriction",
            "measure",
        ],
    ),
    ("subject-movement", &["border", "airspace", "visa"]),
    ("subject-people", &["aid", "refugees", "evacuation"]),
];

/// Returns the page on which a kind is chosen.
pub(super) fn page(ask: &Ask, fields: &Fields) -> Page {
    let texts = ask.texts;
    let given = match fields.get("q") {
        "" => fields.get("kind"),
        given => given,
    };
    let body = html! {
        p { (texts.say("report-lead")) }
        form.fields method="get" action=(ask.path) role="search" {
            (kept(fields))
            div.field {
                label for="f-q" { (texts.say("report-search")) }
                input type="search" #f-q name="q" value=(given) data-search dir="auto"
                    autocomplete="off" aria-describedby="f-q-help";
                p.help #f-q-help { (texts.say("report-search-help")) }
            }
            button { (texts.say("report-search-go")) }
        }
        (found(ask, fields, given))
        h2 { (texts.say("report-list")) }
        form.fields method="get" action=(ask.path) {
            (kept(fields))
            div.field {
                label for="f-kind" { (texts.say("report-kind")) }
                select #f-kind name="kind" required {
                    option value="" { "—" }
                    (options(ask, ""))
                }
            }
            button { (texts.say("report-choose")) }
        }
    };
    Page::new(texts.say("report-title"), body)
}

/// Writes all kinds as options, by subject.
pub(crate) fn options(ask: &Ask, chosen: &str) -> Markup {
    html! {
        @for (subject, families) in SUBJECTS {
            optgroup label=(ask.texts.say(subject)) {
                @for kind in families.iter().flat_map(|family| of_family(family)) {
                    option value=(kind.as_str()) selected[kind.as_str() == chosen] {
                        (kind.label(ask.lang))
                    }
                }
            }
        }
    }
}

fn of_family(family: &'static str) -> impl Iterator<Item = Kind> {
    let all = Kind::ALL.into_iter();
    all.filter(move |kind| kind.family() == family && !kind.is_machine_coded())
}

/// Writes the kinds that a text may mean, each as a link.
fn found(ask: &Ask, fields: &Fields, given: &str) -> Markup {
    let kinds = Kind::search(given);
    let kinds: Vec<Kind> = kinds
        .into_iter()
        .filter(|kind| !kind.is_machine_coded())
        .collect();
    html! {
        div #found aria-live="polite" {
            @if !given.is_empty() {
                p.count { (ask.texts.with("report-found", [("count", kinds.len().into())])) }
                ul.kinds {
                    @for kind in kinds.iter().take(FOUND_MAX) {
                        @let view = KindView::new(*kind, ask.model.rules(), ask.lang);
                        li {
                            a href=(with_kind(ask, fields, *kind)) { (view.label) }
                            " " code dir="ltr" { (view.kind) }
                            p.help { (view.description) }
                        }
                    }
                }
            }
        }
    }
}

/// Returns the fields that were given before the kind: those of the event.
fn given(fields: &Fields) -> impl Iterator<Item = (&str, &str)> {
    let other = ["q", "kind", "at", "known_at", "min_position"];
    let all = fields.below("");
    all.filter(move |(name, _)| !other.contains(name))
}

fn with_kind(ask: &Ask, fields: &Fields, kind: Kind) -> String {
    let pairs = std::iter::once(("kind", kind.as_str()));
    address(&ask.path, pairs.chain(given(fields)))
}

fn kept(fields: &Fields) -> Markup {
    html! {
        @for (name, value) in given(fields) { input type="hidden" name=(name) value=(value); }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_that_people_report_stands_in_one_subject() {
        for kind in Kind::ALL {
            let in_subjects = SUBJECTS.iter();
            let of = in_subjects.filter(|(_, families)| families.contains(&kind.family()));
            let expected = usize::from(!kind.is_machine_coded());
            assert_eq!(of.count(), expected, "{kind}");
        }
    }
}
