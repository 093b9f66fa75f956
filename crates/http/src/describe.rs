//! What a door takes and answers, in words and schemas.

use axum::http::Method;
use detente_api::refusal::Code;
use detente_auth::Role;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Value, json};

use crate::accept::{Form, PARAMETERS};
use crate::list;

/// A door, described.
#[derive(Clone, Debug)]
pub struct Operation {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) id: String,
    pub(crate) tag: &'static str,
    pub(crate) summary: String,
    pub(crate) told: String,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) bodies: Vec<Media>,
    pub(crate) answers: Vec<Said>,
    pub(crate) codes: Vec<Code>,
    /// What a problem looks like, where it says more than others.
    pub(crate) problem: Option<Shape>,
    /// The role that it takes, where tokens are in force; none where anybody may come in.
    pub(crate) needs: Option<Role>,
}

/// A parameter of a door.
#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) place: Place,
    pub(crate) told: &'static str,
    pub(crate) schema: Value,
}

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
}

/// A body in one of its forms.
#[derive(Clone, Debug)]
pub(crate) struct Media {
    pub(crate) media_type: &'static str,
    /// One of these.
    pub(crate) shapes: Vec<Shape>,
}

/// An answer that is no problem.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) status: u16,
    pub(crate) told: &'static str,
    pub(crate) bodies: Vec<Media>,
    /// Headers, with what they say.
    pub(crate) headers: Vec<(&'static str, &'static str)>,
}

/// What a body looks like.
#[derive(Clone, Debug)]
pub enum Shape {
    /// As a struct of ours is written.
    Of(fn(&mut SchemaGenerator) -> Schema),
    /// As this schema says.
    As(Value),
    /// Text.
    Text,
}

/// The shape of a type.
#[must_use]
pub fn shape<T: JsonSchema>() -> Shape {
    Shape::Of(|generator| generator.subschema_for::<T>())
}

impl Operation {
    /// A read.
    #[must_use]
    pub fn get(path: &str, id: &str, tag: &'static str, summary: &str) -> Self {
        Self::new(Method::GET, path, id, tag, summary)
    }

    /// A write.
    #[must_use]
    pub fn post(path: &str, id: &str, tag: &'static str, summary: &str) -> Self {
        Self::new(Method::POST, path, id, tag, summary)
    }

    /// A deletion.
    #[must_use]
    pub fn delete(path: &str, id: &str, tag: &'static str, summary: &str) -> Self {
        Self::new(Method::DELETE, path, id, tag, summary)
    }

    fn new(method: Method, path: &str, id: &str, tag: &'static str, summary: &str) -> Self {
        // Whoever forgets to say who may write has said that few may.
        let needs = if method == Method::GET {
            Role::Reader
        } else {
            Role::Admin
        };
        Self {
            needs: Some(needs),
            method,
            path: path.to_owned(),
            id: id.to_owned(),
            tag,
            summary: summary.to_owned(),
            told: String::new(),
            parameters: Vec::new(),
            bodies: Vec::new(),
            answers: Vec::new(),
            codes: vec![Code::TooManyRequests],
            problem: None,
        }
    }

    /// The method.
    #[must_use]
    pub const fn method(&self) -> &Method {
        &self.method
    }

    /// The address, with parameters in braces.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Takes another role: otherwise a read takes a reader, and anything else an admin.
    #[must_use]
    pub const fn needs(mut self, role: Role) -> Self {
        self.needs = Some(role);
        self
    }

    /// Anybody may come in, without a token too.
    #[must_use]
    pub const fn open(mut self) -> Self {
        self.needs = None;
        self
    }

    /// Says more.
    #[must_use]
    pub fn told(mut self, told: impl Into<String>) -> Self {
        self.told = told.into();
        self
    }

    /// A part of the address.
    #[must_use]
    pub fn part(self, name: &'static str, told: &'static str, schema: Value) -> Self {
        self.parameter(name, Place::Path, told, schema)
    }

    /// A parameter after the question mark.
    #[must_use]
    pub fn query(self, name: &'static str, told: &'static str, schema: Value) -> Self {
        self.parameter(name, Place::Query, told, schema)
    }

    /// A header that the door reads.
    #[must_use]
    pub fn header(self, name: &'static str, told: &'static str) -> Self {
        self.parameter(name, Place::Header, told, json!({"type": "string"}))
    }

    fn parameter(
        mut self,
        name: &'static str,
        place: Place,
        told: &'static str,
        schema: Value,
    ) -> Self {
        let parameter = Parameter {
            name,
            place,
            told,
            schema,
        };
        self.parameters.push(parameter);
        self
    }

    /// A form of the body that it takes.
    #[must_use]
    pub fn takes(mut self, media_type: &'static str, shape: Shape) -> Self {
        let shapes = vec![shape];
        self.bodies.push(Media { media_type, shapes });
        self
    }

    /// An answer.
    #[must_use]
    pub fn answers(
        mut self,
        status: u16,
        told: &'static str,
        media_type: &'static str,
        shape: Shape,
    ) -> Self {
        let shapes = vec![shape];
        let media = Media { media_type, shapes };
        match self.answers.iter_mut().find(|said| said.status == status) {
            Some(said) => said.bodies.push(media),
            None => self.answers.push(Said {
                status,
                told,
                bodies: vec![media],
                headers: Vec::new(),
            }),
        }
        self
    }

    /// An answer without a body.
    #[must_use]
    pub fn says_nothing(mut self, status: u16, told: &'static str) -> Self {
        self.answers.push(Said {
            status,
            told,
            bodies: Vec::new(),
            headers: Vec::new(),
        });
        self
    }

    /// An answer in that form may look otherwise too.
    #[must_use]
    pub fn or(mut self, form: Form, shape: &Shape) -> Self {
        let media = self.answers.iter_mut().flat_map(|said| &mut said.bodies);
        for media in media.filter(|media| media.media_type == form.media_type()) {
            media.shapes.push(shape.clone());
        }
        self
    }

    /// Answers with a view, which has an entity tag.
    #[must_use]
    pub fn views<T: JsonSchema>(self) -> Self {
        self.answers(200, "The view.", Form::Json.media_type(), shape::<T>())
            .unchanged()
            .chosen(&[Form::Json])
    }

    /// The answer has an entity tag, and is not sent to whoever has it.
    #[must_use]
    pub fn unchanged(mut self) -> Self {
        let told = "A digest of the answer and its form; the same as long as it says the same.";
        if let Some(said) = self.answers.iter_mut().find(|said| said.status == 200) {
            said.headers.push(("ETag", told));
        }
        self = self.says_nothing(304, "The client has it already.");
        self.header("If-None-Match", "The entity tag of what the client has.")
    }

    /// Answers with a page of a list, in three forms.
    #[must_use]
    pub fn lists<P: JsonSchema, T: JsonSchema>(self) -> Self {
        let mut this = self
            .answers(
                200,
                "A page of the list.",
                Form::Json.media_type(),
                shape::<P>(),
            )
            .answers(200, "", Form::Ndjson.media_type(), shape::<T>())
            .answers(200, "", Form::Csv.media_type(), Shape::Text);
        if let Some(said) = this.answers.iter_mut().find(|said| said.status == 200) {
            let told = "Where the next page is, as `rel=\"next\"`; missing where there is none.";
            said.headers.push(("Link", told));
        }
        this.chosen(&list::FORMS)
    }

    /// The forms of which a client may choose.
    #[must_use]
    pub fn chosen(mut self, forms: &[Form]) -> Self {
        self.parameters
            .retain(|parameter| !PARAMETERS.contains(&parameter.name));
        let words: Vec<&str> = forms.iter().map(|form| form.as_str()).collect();
        if forms.contains(&Form::Csv) {
            let told = "Whether a table begins with a byte order mark, which Excel needs.";
            self = self.query("bom", told, json!({"type": "boolean"}));
        }
        if !self.codes.contains(&Code::NotAcceptable) {
            self.codes.extend([Code::NotAcceptable, Code::BadQuery]);
        }
        let told = "The form of the answer; stands above the header `Accept`.";
        self.query("format", told, json!({"type": "string", "enum": words}))
    }

    /// With what it may be refused.
    #[must_use]
    pub fn refuses(mut self, codes: &[Code]) -> Self {
        let further = codes.iter().filter(|code| !self.codes.contains(code));
        let further: Vec<Code> = further.copied().collect();
        self.codes.extend(further);
        self
    }

    /// What its problems look like, where they say more than others.
    #[must_use]
    pub fn rejects(mut self, shape: Shape) -> Self {
        self.problem = Some(shape);
        self
    }
}
