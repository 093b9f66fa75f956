//! The form of the filter: the same parameters and expression as those of subscriptions.

use detente_api::Refusal;
use detente_api::request::{FilterRequest, Topic};
use detente_api::view::labels;
use detente_domain::dimension::{Dimension, Register};
use detente_domain::party::{Party, PartyKind};
use detente_domain::state::Occasion;
use detente_feed::Field as ChangeField;
use maud::{Markup, html};

use crate::ask::Ask;
use crate::form::{Field, Fields};
use crate::order;

/// An expression, as an example.
const EXAMPLE: &str = "change.dimension == \"recognition\" && change.to == \"de_jure\"";
/// The fields of one line, each with an example.
const LINES: [(&str, &str); 4] = [
    ("country", "AFG, TJK"),
    ("pair", "AFG-TJK"),
    ("direction", "TJK-AFG"),
    ("party", "TALIBAN"),
];

/// Writes the form, with what was refused.
pub(super) fn form(ask: &Ask, request: &FilterRequest, refusal: Option<Refusal>) -> Markup {
    let texts = ask.texts;
    let is_used = refusal.is_some() || *request != FilterRequest::default();
    let fields = fields(request).refuse(refusal.map(merged).into_iter().collect());
    html! {
        details.filter open[is_used] {
            summary { (texts.say("changes-filter")) }
            form.controls method="get" action=(ask.path) {
                @for (name, example) in LINES { (line(ask, &fields, name, example)) }
                (boxes(ask, &fields, "occasion", occasions(ask)))
                (boxes(ask, &fields, "dimension", topics(ask)))
                (expression(ask, &fields))
                div.parts {
                    button { (texts.say("changes-apply")) }
                    @if is_used { a.button href=(ask.path) { (texts.say("changes-clear")) } }
                }
            }
            (countries(ask))
        }
    }
}

/// Returns the values of the form; registers and dimensions are one choice there.
fn fields(request: &FilterRequest) -> Fields {
    let topics = request.dimension.iter().chain(&request.register);
    let topics = topics.map(|topic| ("dimension", topic.clone()));
    let occasions = request
        .occasion
        .iter()
        .map(|occasion| ("occasion", occasion.clone()));
    let lines = [
        ("country", &request.country),
        ("pair", &request.pair),
        ("direction", &request.direction),
        ("party", &request.party),
    ];
    let lines = lines.map(|(name, values)| (name, values.join(", ")));
    let expression = request.filter.clone().map(|filter| ("filter", filter));
    let all = lines
        .into_iter()
        .chain(topics)
        .chain(occasions)
        .chain(expression);
    Fields::new(all.map(|(name, value)| (name.to_owned(), value)))
}

fn merged(refusal: Refusal) -> Refusal {
    match refusal.field.as_deref() {
        Some("register") => refusal.field("dimension"),
        _ => refusal,
    }
}

fn line(ask: &Ask, fields: &Fields, name: &str, example: &str) -> Markup {
    let label = ask.texts.say(&format!("changes-{name}"));
    let help = self::example(ask, example);
    let field = Field {
        name,
        label: &label,
        help: &help,
        required: false,
    };
    fields.line(ask, field, (name == "country").then_some("countries"))
}

/// Returns an example, which runs from left to right in each language.
fn example(ask: &Ask, text: &str) -> String {
    let text = format!("\u{2066}{text}\u{2069}");
    let example = ask
        .texts
        .with("changes-example", [("example", text.into())]);
    example.into_owned()
}

fn occasions(ask: &Ask) -> Vec<(&'static str, &'static str)> {
    let label = |occasion: Occasion| labels::occasion(occasion).text(ask.lang);
    Occasion::ALL
        .map(|occasion| (occasion.as_str(), label(occasion)))
        .to_vec()
}

fn topics(ask: &Ask) -> Vec<(&'static str, &'static str)> {
    let dimensions = Dimension::ALL.map(Topic::Dimension);
    let registers = Register::ALL.map(Topic::Register);
    let all = dimensions.into_iter().chain(registers);
    all.map(|topic| (topic.as_str(), labels::topic(topic).text(ask.lang)))
        .collect()
}

fn boxes(ask: &Ask, fields: &Fields, name: &str, values: Vec<(&str, &str)>) -> Markup {
    let label = ask.texts.say(&format!("changes-{name}"));
    let field = Field {
        name,
        label: &label,
        help: "",
        required: false,
    };
    fields.show_group(ask, field, |_| {
        html! {
            div.boxes {
                @for (value, text) in values {
                    label {
                        input type="checkbox" name=(name) value=(value) checked[fields.all(name).any(|other| other == value)];
                        " " (text)
                    }
                }
            }
        }
    })
}

fn expression(ask: &Ask, fields: &Fields) -> Markup {
    let texts = ask.texts;
    let field = Field {
        name: "filter",
        label: &texts.say("changes-expression"),
        help: &example(ask, EXAMPLE),
        required: false,
    };
    html! {
        (fields.show(ask, field, |control| {
            html! {
                textarea #(control.id) name="filter" rows="2" cols="60" dir="ltr" spellcheck="false"
                    aria-describedby=[&control.described] aria-invalid=[control.invalid.then_some("true")] {
                    (fields.get("filter"))
                }
            }
        }))
        details.names {
            summary { (texts.say("changes-fields")) }
            p dir="ltr" { @for field in ChangeField::ALL { code { "change." (field.as_str()) } " " } }
        }
    }
}

/// Writes the states that can be chosen.
fn countries(ask: &Ask) -> Markup {
    let mut states: Vec<Party> = Party::all()
        .filter(|party| party.kind() == PartyKind::State)
        .collect();
    states.sort_by_cached_key(|party| order::key(ask.name(*party)));
    html! {
        datalist #countries {
            @for state in states { option value=(state.code()) { (ask.name(state)) } }
        }
    }
}
