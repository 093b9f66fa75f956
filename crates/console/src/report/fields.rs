//! The fields of an event and of a publication, as forms have them.

use detente_api::submission::DetailDto;
use detente_api::view::{DetailView, KindView, SeverityView, labels};
use detente_domain::details;
use detente_domain::kind::Kind;
use detente_domain::party::{Lang, Party};
use detente_read_model::ReadSource as _;
use maud::{Markup, html};

use crate::ask::Ask;
use crate::form::{Field, Fields};
use crate::lang::own_name;
use crate::link::address;

/// The rows of parties that a form has at least, of each side.
const PARTIES_MIN: usize = 3;
/// The detail that has a place of its own in the form.
const SEVERITY: &str = "severity";
/// Languages in which much is published, as BCP 47 tags.
const LANGUAGES: [&str; 16] = [
    "ar", "de", "en", "es", "fa", "fr", "he", "hi", "pt", "ru", "tg", "tr", "uk", "ur", "uz", "zh",
];

/// Writes the fields of an event of a kind.
pub(crate) fn event(ask: &Ask, kind: Kind, fields: &Fields) -> Markup {
    let view = KindView::new(kind, ask.model.rules(), ask.lang);
    html! {
        (what(ask, &view, fields))
        (content(ask, &view, fields))
        (publication(ask, fields))
    }
}

/// Writes the fields of what happened.
pub(crate) fn content(ask: &Ask, view: &KindView, fields: &Fields) -> Markup {
    let texts = ask.texts;
    let own = |detail: &&DetailView| detail.detail != SEVERITY;
    let optional: Vec<&DetailView> = view.takes.iter().filter(own).collect();
    let is_open = optional
        .iter()
        .any(|detail| !fields.get(&format!("details.{}", detail.detail)).is_empty());
    html! {
        section {
            h2 { (texts.say("report-who")) }
            (parties(ask, fields, "actors", true))
            (parties(ask, fields, "recipients", false))
        }
        section {
            h2 { (texts.say("report-when")) }
            (fields.line(ask, Field {
                name: "occurred",
                label: &texts.say("report-occurred"),
                help: &texts.say("report-occurred-help"),
                required: true,
            }, None))
        }
        section {
            h2 { (texts.say("report-details")) }
            @for detail in &view.needs { (self::detail(ask, fields, detail, true)) }
            @if let Some(severity) = &view.severity { (self::severity(ask, fields, severity)) }
            details open[is_open] {
                summary { (texts.say("report-more-details")) }
                @for detail in optional { (self::detail(ask, fields, detail, false)) }
            }
        }
        (titles(ask, fields))
    }
}

fn what(ask: &Ask, view: &KindView, fields: &Fields) -> Markup {
    let given = fields
        .below("")
        .filter(|(name, _)| !["kind", "id", "seen", "step", "q"].contains(name));
    let other = address(&format!("/{}/report", ask.lang.as_str()), given);
    html! {
        section {
            h2 { (view.label) }
            p { (view.description) }
            p { a href=(other) { (ask.texts.say("report-other-kind")) } }
        }
    }
}

/// Writes the parties of a side: those that are given, and room for more.
fn parties(ask: &Ask, fields: &Fields, name: &str, required: bool) -> Markup {
    let texts = ask.texts;
    let given: Vec<&str> = fields.all(name).collect();
    let rows = PARTIES_MIN.max(given.len() + 1);
    let field = Field {
        name,
        label: &texts.say(&format!("report-{name}")),
        help: &texts.say(&format!("report-{name}-help")),
        required,
    };
    let is_refused = |row: usize| fields.refused(&format!("{name}[{row}]")).next().is_some();
    // What is wrong with all of them is shown at the first.
    let first = (!(0..rows).any(is_refused)).then_some(0);
    fields.show_group(ask, field, |control| {
        let is_invalid = |row| control.invalid && (first == Some(row) || is_refused(row));
        html! {
            div.parties {
                @for row in 0..rows {
                    input type="text" name=(name) value=(given.get(row).unwrap_or(&"")) list="parties"
                        dir="auto" autocomplete="off" required[required && row == 0]
                        aria-label=(texts.with("report-party", [("side", field.label.into()), ("number", (row + 1).into())]))
                        aria-describedby=[&control.described] aria-invalid=[is_invalid(row).then_some("true")];
                }
            }
        }
    })
}

/// Writes a party of its own, such as the one that denies an event.
pub(crate) fn party(ask: &Ask, fields: &Fields, field: Field<'_>) -> Markup {
    fields.line(ask, field, Some("parties"))
}

fn detail(ask: &Ask, fields: &Fields, detail: &DetailView, required: bool) -> Markup {
    let name = format!("details.{}", detail.detail);
    let field = Field {
        name: &name,
        label: &detail.description,
        help: "",
        required,
    };
    match &*detail.value {
        "choice" => {
            let words = detail.words.iter().map(|word| {
                let value = DetailDto::Text(word.to_string());
                (&**word, said(&detail.detail, &value, ask.lang))
            });
            let words: Vec<(&str, String)> = words.collect();
            fields.choice(ask, field, &words)
        }
        "count" => fields.show(ask, field, |control| {
            html! {
                input type="text" inputmode="numeric" dir="ltr" #(control.id) name=(control.name)
                    value=(fields.get(control.name)) required[required] autocomplete="off"
                    aria-describedby=[&control.described] aria-invalid=[control.invalid.then_some("true")];
            }
        }),
        "party" => party(ask, fields, field),
        _ => fields.line(ask, field, None),
    }
}

/// Returns the value of a detail in a language; words of a list without a label as they are.
pub(crate) fn said(field: &str, value: &DetailDto, lang: Lang) -> String {
    let is_choice = details::Field::parse(field)
        .is_some_and(|field| matches!(field.ty(), details::Type::Choice(_)));
    // Entries of registers have the word of a mission as their type.
    let named = if field == "mission" { "type" } else { field };
    let text = labels::detail(named, value, lang);
    if is_choice {
        text.replace('_', " ")
    } else {
        text
    }
}

fn severity(ask: &Ask, fields: &Fields, view: &SeverityView) -> Markup {
    let texts = ask.texts;
    let chosen = fields.get("details.severity");
    let field = Field {
        name: "details.severity",
        label: &texts.say("report-severity"),
        help: "",
        required: false,
    };
    let option = |value: &str, label: &str, help: &str| {
        html! {
            label.option {
                input type="radio" name="details.severity" value=(value) checked[chosen == value];
                span { b { (label) } @if !help.is_empty() { " – " (help) } }
            }
        }
    };
    fields.show_group(ask, field, |_| {
        html! {
            @for word in &view.words {
                (option(&word.word, &severity_word(&word.word, ask.lang), &word.description))
            }
            @let otherwise = severity_word(&view.otherwise, ask.lang);
            (option("", &texts.say("severity-unsaid"), &texts.with("severity-otherwise", [("word", otherwise.into())])))
        }
    })
}

/// Returns a severity in a language.
pub(crate) fn severity_word(word: &str, lang: Lang) -> String {
    said(SEVERITY, &DetailDto::Text(word.to_owned()), lang)
}

/// Writes the titles: that in the language of the page first.
fn titles(ask: &Ask, fields: &Fields) -> Markup {
    let texts = ask.texts;
    let title = |lang: Lang| {
        let name = format!("title.{}", lang.as_str());
        let label = texts.with("report-title-in", [("language", own_name(lang).into())]);
        let field = Field {
            name: &name,
            label: &label,
            help: "",
            required: false,
        };
        fields.line(ask, field, None)
    };
    let others: Vec<Lang> = Lang::ALL
        .into_iter()
        .filter(|lang| *lang != ask.lang)
        .collect();
    let is_open = others
        .iter()
        .any(|lang| !fields.get(&format!("title.{}", lang.as_str())).is_empty());
    let field = Field {
        name: "title",
        label: &texts.say("report-titles"),
        help: &texts.say("report-titles-help"),
        required: true,
    };
    html! {
        section {
            (fields.show_group(ask, field, |_| html! {
                (title(ask.lang))
                details open[is_open] {
                    summary { (texts.say("report-other-titles")) }
                    @for lang in others { (title(lang)) }
                }
            }))
        }
    }
}

/// Writes the fields of a publication, with its grade.
pub(crate) fn publication(ask: &Ask, fields: &Fields) -> Markup {
    let texts = ask.texts;
    let say = |key: &str| texts.say(key);
    let line = |name, label: &str, help: &str, required, list| {
        let field = Field {
            name,
            label: &say(label),
            help: &if help.is_empty() {
                "".into()
            } else {
                say(help)
            },
            required,
        };
        fields.line(ask, field, list)
    };
    html! {
        section {
            h2 { (say("report-source")) }
            (line("report.publisher", "report-publisher", "report-publisher-help", true, None))
            (line("report.url", "report-url", "", false, None))
            (line("report.published", "report-published", "report-published-help", false, None))
            (line("report.language", "report-language", "report-language-help", false, Some("languages")))
            (fields.area(ask, Field {
                name: "report.quote",
                label: &say("report-quote"),
                help: &say("report-quote-help"),
                required: false,
            }))
            div.pair { (grade(ask, fields)) }
            p.help { (say("report-grade-help")) }
        }
    }
}

fn grade(ask: &Ask, fields: &Fields) -> Markup {
    let texts = ask.texts;
    let meaning = |sign: char| {
        let text = texts.say(&format!("grade-{}", sign.to_ascii_lowercase()));
        (sign.to_string(), format!("{sign} – {text}"))
    };
    let choice = |name, label: &str, signs: [char; 6]| {
        let field = Field {
            name,
            label: &texts.say(label),
            help: "",
            required: false,
        };
        fields.choice(ask, field, &signs.map(meaning))
    };
    html! {
        (choice("reliability", "report-reliability", ['A', 'B', 'C', 'D', 'E', 'F']))
        (choice("credibility", "report-credibility", ['1', '2', '3', '4', '5', '6']))
    }
}

/// Writes the lists that fields of a form choose from: parties by all their names, and languages.
pub(crate) fn lists(ask: &Ask) -> Markup {
    html! {
        datalist #parties {
            @for party in Party::all() { option value=(ask.name(party)) { (names(party, ask.lang)) } }
        }
        datalist #languages {
            @for tag in LANGUAGES { option value=(tag); }
        }
    }
}

/// Returns the other names of a party, with its code: browsers search them, too.
fn names(party: Party, lang: Lang) -> String {
    let own = party.name(lang);
    let names = Lang::ALL.map(|lang| party.name(lang)).into_iter();
    let names = names.chain(party.aliases().iter().copied());
    let mut all = vec![party.code()];
    for name in names {
        if name != own && !all.contains(&name) {
            all.push(name);
        }
    }
    all.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_party_is_found_by_every_name() {
        for party in Party::all() {
            for lang in Lang::ALL {
                assert_eq!(Party::resolve(party.name(lang)), Some(party), "{party}");
            }
        }
        let names = names(Party::find("KGZ").expect("a party"), Lang::Ar);
        assert!(names.starts_with("KGZ · Kyrgyzstan"), "{names}");
    }
}
