//! The fields of forms: what was sent in them, and how they are shown, each with its help and with what
//! was refused of it.

mod refusal;

use axum::http::HeaderMap;
use detente_api::Refusal;
use maud::{Markup, html};

use crate::ask::Ask;
pub(crate) use refusal::summary;

/// The values of the fields of a form, and what was refused of them.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    values: Vec<(String, String)>,
    refusals: Vec<Refusal>,
}

/// How a field is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field<'a> {
    /// Its name: the path of the value in the JSON of the API, such as `report.url`.
    pub(crate) name: &'a str,
    /// Its label.
    pub(crate) label: &'a str,
    /// What may stand in it; empty for nothing.
    pub(crate) help: &'a str,
    /// True if it may not be empty.
    pub(crate) required: bool,
}

/// What a control of a field needs: its id, and the ids of what describes it.
#[derive(Clone, Debug)]
pub(crate) struct Control<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// Its id.
    pub(crate) id: String,
    /// The ids of its help and of its refusals.
    pub(crate) described: Option<String>,
    /// True if something was refused.
    pub(crate) invalid: bool,
    /// True if it may not be empty.
    pub(crate) required: bool,
}

impl Fields {
    /// Takes the values that are not empty.
    pub(crate) fn new(values: impl IntoIterator<Item = (String, String)>) -> Self {
        let values = values.into_iter().filter_map(|(name, value)| {
            // Browsers send each line break as two characters.
            let value = value.trim().replace("\r\n", "\n");
            (!value.is_empty()).then_some((name, value))
        });
        Self {
            values: values.collect(),
            refusals: Vec::new(),
        }
    }

    /// Adds refusals.
    pub(crate) fn refuse(mut self, refusals: Vec<Refusal>) -> Self {
        self.refusals.extend(refusals);
        self
    }

    /// Returns what was refused.
    pub(crate) fn refusals(&self) -> &[Refusal] {
        &self.refusals
    }

    /// Returns the value of a field; empty without one.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// Returns the values of a field that stands several times.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = self.values.iter().filter(move |(other, _)| other == name);
        named.map(|(_, value)| value.as_str())
    }

    /// Returns the fields whose names begin with a prefix, without it.
    pub(crate) fn below(&self, prefix: &str) -> impl Iterator<Item = (&str, &str)> {
        let values = self.values.iter();
        values.filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value.as_str())))
    }

    /// Sets a field, unless it has a value.
    pub(crate) fn set_default(&mut self, name: &str, value: &str) {
        if self.get(name).is_empty() && !value.is_empty() {
            self.values.push((name.to_owned(), value.to_owned()));
        }
    }

    /// Adds a value of a field that stands several times.
    pub(crate) fn push(&mut self, name: &str, value: &str) {
        self.values.push((name.to_owned(), value.to_owned()));
    }

    /// Returns what was refused of a field, or of one of its values, such as `actors[1]`.
    pub(crate) fn refused(&self, name: &str) -> impl Iterator<Item = &Refusal> {
        let is_of = move |field: &str| {
            let rest = field.strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
        };
        let refusals = self.refusals.iter();
        refusals.filter(move |refusal| refusal.field.as_deref().is_some_and(is_of))
    }

    /// Writes a field with its label, its help and what was refused of it.
    pub(crate) fn show(
        &self,
        ask: &Ask,
        field: Field<'_>,
        control: impl FnOnce(&Control<'_>) -> Markup,
    ) -> Markup {
        let id = id_of(field.name);
        let control = control(&self.control(field, id.clone()));
        html! {
            div.field {
                label for=(id) { (field.label) (mark(ask, field.required)) }
                (control)
                (self.notes(ask, field, &id))
            }
        }
    }

    /// Writes fields that belong together, such as several parties, with one legend.
    pub(crate) fn show_group(
        &self,
        ask: &Ask,
        field: Field<'_>,
        controls: impl FnOnce(&Control<'_>) -> Markup,
    ) -> Markup {
        let id = id_of(field.name);
        let controls = controls(&self.control(field, id.clone()));
        html! {
            fieldset.field #(id) {
                legend { (field.label) (mark(ask, field.required)) }
                (controls)
                (self.notes(ask, field, &id))
            }
        }
    }

    /// Writes a line of text.
    pub(crate) fn line(&self, ask: &Ask, field: Field<'_>, list: Option<&str>) -> Markup {
        self.show(ask, field, |control| {
            html! {
                input type="text" #(control.id) name=(control.name) value=(self.get(control.name))
                    list=[list] dir="auto" autocomplete="off" required[control.required]
                    aria-describedby=[&control.described] aria-invalid=[control.invalid.then_some("true")];
            }
        })
    }

    /// Writes several lines of text.
    pub(crate) fn area(&self, ask: &Ask, field: Field<'_>) -> Markup {
        self.show(ask, field, |control| {
            html! {
                textarea #(control.id) name=(control.name) rows="3" dir="auto" required[control.required]
                    aria-describedby=[&control.described] aria-invalid=[control.invalid.then_some("true")] {
                    (self.get(control.name))
                }
            }
        })
    }

    /// Writes a choice of values, each with its text; the first is none of them.
    pub(crate) fn choice<V: AsRef<str>, T: AsRef<str>>(
        &self,
        ask: &Ask,
        field: Field<'_>,
        values: &[(V, T)],
    ) -> Markup {
        self.show(ask, field, |control| {
            html! {
                select #(control.id) name=(control.name) required[control.required]
                    aria-describedby=[&control.described] aria-invalid=[control.invalid.then_some("true")] {
                    option value="" { "—" }
                    @for (value, text) in values {
                        option value=(value.as_ref()) selected[self.get(control.name) == value.as_ref()] { (text.as_ref()) }
                    }
                }
            }
        })
    }

    fn control<'a>(&self, field: Field<'a>, id: String) -> Control<'a> {
        let invalid = self.refused(field.name).next().is_some();
        let help = (!field.help.is_empty()).then(|| format!("{id}-help"));
        let refused = invalid.then(|| format!("{id}-refused"));
        let described: Vec<String> = help.into_iter().chain(refused).collect();
        Control {
            name: field.name,
            id,
            described: (!described.is_empty()).then(|| described.join(" ")),
            invalid,
            required: field.required,
        }
    }

    fn notes(&self, ask: &Ask, field: Field<'_>, id: &str) -> Markup {
        let refused: Vec<&Refusal> = self.refused(field.name).collect();
        html! {
            @if !field.help.is_empty() { p.help #{ (id) "-help" } { (field.help) } }
            @if !refused.is_empty() {
                div.refused #{ (id) "-refused" } {
                    @for refusal in refused { (refusal::one(ask, refusal)) }
                }
            }
        }
    }
}

fn mark(ask: &Ask, required: bool) -> Markup {
    html! { @if required { " " span.required { (ask.texts.say("form-required")) } } }
}

/// Returns the id of the field of a name, such as `f-report-url`.
pub(crate) fn id_of(name: &str) -> String {
    let plain = name.replace(['.', '[', ']'], "-");
    format!("f-{plain}")
}

/// Returns true if a form was sent over TLS, as its browser sees it: it names its origin.
pub(crate) fn is_over_tls(headers: &HeaderMap) -> bool {
    let origin = headers.get(axum::http::header::ORIGIN);
    // What does not name it is no browser over plain HTTP, which always does.
    origin.is_none_or(|origin| !origin.as_bytes().starts_with(b"http://"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use detente_api::Code;

    #[test]
    fn values_are_trimmed_and_empty_ones_left_out() {
        let fields = Fields::new(
            [
                ("actors", " TJK "),
                ("actors", "  "),
                ("actors", "AFG"),
                ("report.url", ""),
                ("claim", "a\r\nb"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
        assert_eq!(fields.all("actors").collect::<Vec<_>>(), ["TJK", "AFG"]);
        assert_eq!(
            (fields.get("report.url"), fields.get("claim")),
            ("", "a\nb")
        );
        assert_eq!(fields.below("report.").count(), 0);
    }

    #[test]
    fn a_refusal_belongs_to_the_field_of_its_path() {
        let refusal = |field: &str| Refusal::new(Code::BadDate, "no").field(field);
        let fields = Fields::default().refuse(vec![refusal("actors[1]"), refusal("report.url")]);
        assert_eq!(fields.refused("actors").count(), 1);
        assert_eq!(fields.refused("report.url").count(), 1);
        assert_eq!(fields.refused("report").count(), 0);
        assert_eq!(fields.refused("act").count(), 0);
    }
}
