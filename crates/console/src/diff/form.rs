//! The form of the two points, and ready choices.

use detente_api::Refusal;
use detente_api::view::DiffView;
use detente_read_model::ReadSource as _;
use maud::{Markup, html};

use crate::ask::Ask;
use crate::form::{Field, Fields};
use crate::link::address;

/// The fields, each with its type.
const FIELDS: [(&str, &str); 4] = [
    ("from", "date"),
    ("known_from", "text"),
    ("to", "date"),
    ("known_to", "text"),
];
/// The ready choices: text, and the days before today.
const SINCE: [(&str, i32); 4] = [
    ("diff-since-yesterday", 1),
    ("diff-since-week", 7),
    ("diff-since-month", 30),
    ("diff-since-year", 365),
];

/// Returns true if a refusal is of a field of the form.
pub(super) fn has(refusal: &Refusal) -> bool {
    let field = refusal.field.as_deref();
    FIELDS.iter().any(|(name, _)| field == Some(name))
}

/// Writes the form.
pub(super) fn form(ask: &Ask, view: Option<&DiffView>, refusal: Option<&Refusal>) -> Markup {
    let texts = ask.texts;
    let given = ask.params.pairs();
    let given = given.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut fields = Fields::new(given).refuse(refusal.cloned().into_iter().collect());
    for (name, clock) in [("to", "at"), ("known_to", "known_at")] {
        fields.set_default(name, ask.get(clock).ok().flatten().unwrap_or_default());
    }
    if let Some(view) = view {
        fields.set_default("from", &view.before.at);
        fields.set_default("to", &view.after.at);
    }
    let [from, known_from, to, known_to] =
        FIELDS.map(|(name, kind)| field(ask, &fields, name, kind));
    html! {
        form.controls.moments method="get" action=(ask.path) {
            fieldset { legend { (texts.say("diff-before")) } (from) (known_from) }
            fieldset { legend { (texts.say("diff-after")) } (to) (known_to) }
            button { (texts.say("diff-compare")) }
        }
        nav.presets aria-label=(texts.say("diff-presets")) {
            ul {
                @for (key, days) in SINCE {
                    li { a.button href=(since(ask, days)) { (texts.say(key)) } }
                }
                li {
                    form method="get" action=(ask.path) {
                        label for="since" { (texts.say("diff-since-position")) }
                        input #since name="known_from" type="number" min="0" max=[view.map(|view| view.after.known_at)] required;
                        button { (texts.say("diff-compare")) }
                    }
                }
            }
        }
    }
}

fn field(ask: &Ask, fields: &Fields, name: &str, kind: &str) -> Markup {
    let field = Field {
        name,
        label: &ask.texts.say(&format!("diff-{name}")),
        help: "",
        required: false,
    };
    fields.show(ask, field, |control| {
        html! {
            input type=(kind) #(control.id) name=(name) value=(fields.get(name)) dir="ltr" autocomplete="off"
                aria-describedby=[&control.described] aria-invalid=[control.invalid.then_some("true")];
        }
    })
}

/// Returns the address of what differs since the end of a day, on both clocks.
fn since(ask: &Ask, days: i32) -> String {
    let day = ask.model.today().plus(-days).to_string();
    let known = format!("{day}T23:59:59Z");
    address(&ask.path, [("from", &*day), ("known_from", &*known)])
}
