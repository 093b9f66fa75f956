//! Descriptions of routes: parameters, bodies, answers and refusals.

use axum::http::Method;
use detente_api::refusal::Code;
use detente_api::request::{Parameter, ParameterIn, Request};
use detente_api::view::Page;
use detente_auth::Role;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Value, json};

use crate::accept::{Format, PARAMETERS};
use crate::list;

pub use schemars::JsonSchema;

/// The description of a route.
#[derive(Clone, Debug)]
pub struct Operation {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) id: String,
    pub(crate) tag: &'static str,
    pub(crate) summary: String,
    pub(crate) description: String,
    pub(crate) parameters: Vec<Parameter>,
    /// The bodies that it takes, the preferred one first.
    pub(crate) bodies: Vec<Media>,
    pub(crate) answers: Vec<Answer>,
    pub(crate) links: Vec<Link>,
    pub(crate) codes: Vec<Code>,
    /// The schema of its problems, if it is not the common one.
    pub(crate) problem: Option<Shape>,
    /// The required role; `None` for a public route.
    pub(crate) needs: Option<Role>,
}

/// A body of one media type.
#[derive(Clone, Debug)]
pub(crate) struct Media {
    pub(crate) media_type: &'static str,
    /// The alternatives.
    pub(crate) shapes: Vec<Shape>,
}

/// An answer other than a problem.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) description: &'static str,
    pub(crate) bodies: Vec<Media>,
    /// Headers with their descriptions.
    pub(crate) headers: Vec<(&'static str, &'static str)>,
}

/// A parameter of another operation, such as `path.id`, and the runtime expression of OpenAPI for
/// its value in an answer, such as `$response.body#/id`.
pub type Source = (&'static str, &'static str);

/// A link from the answers of success to another operation.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) name: &'static str,
    /// The id of the operation.
    pub(crate) operation: String,
    /// Its parameters, with the expressions for their values.
    pub(crate) parameters: Vec<(String, String)>,
}

/// The schema of a body.
#[derive(Clone, Debug)]
pub enum Shape {
    /// The schema of a Rust type.
    Type(fn(&mut SchemaGenerator) -> Schema),
    /// A JSON schema.
    Schema(Value),
    /// Plain text.
    Text,
}

/// Returns the schema of a Rust type.
#[must_use]
pub fn shape<T: JsonSchema>() -> Shape {
    Shape::Type(|generator| generator.subschema_for::<T>())
}

impl Operation {
    /// Describes a `GET`; it requires a reader.
    #[must_use]
    pub fn get(path: &str, id: &str, tag: &'static str, summary: &str) -> Self {
        Self::new(Method::GET, path, id, tag, summary)
    }

    /// Describes a `POST`; it requires an admin, see [`Operation::needs`].
    #[must_use]
    pub fn post(path: &str, id: &str, tag: &'static str, summary: &str) -> Self {
        Self::new(Method::POST, path, id, tag, summary)
    }

    /// Describes a `DELETE`; it requires an admin.
    #[must_use]
    pub fn delete(path: &str, id: &str, tag: &'static str, summary: &str) -> Self {
        Self::new(Method::DELETE, path, id, tag, summary)
    }

    fn new(method: Method, path: &str, id: &str, tag: &'static str, summary: &str) -> Self {
        // The strictest role, unless another one is named.
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
            description: String::new(),
            parameters: Vec::new(),
            bodies: Vec::new(),
            answers: Vec::new(),
            links: Vec::new(),
            codes: vec![Code::TooManyRequests],
            problem: None,
        }
    }

    /// Requires another role.
    #[must_use]
    pub const fn needs(mut self, role: Role) -> Self {
        self.needs = Some(role);
        self
    }

    /// Requires a reader, for a `POST` that stores nothing.
    #[must_use]
    pub const fn for_readers(self) -> Self {
        self.needs(Role::Reader)
    }

    /// Requires no token.
    #[must_use]
    pub const fn public(mut self) -> Self {
        self.needs = None;
        self
    }

    /// Adds a description beside the summary.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Adds a parameter of the path.
    #[must_use]
    pub fn path_parameter(
        self,
        name: &'static str,
        description: &'static str,
        schema: Value,
    ) -> Self {
        self.parameter(name, ParameterIn::Path, description, schema)
    }

    /// Adds the parameters of a request.
    #[must_use]
    pub fn request<R: Request>(mut self) -> Self {
        self.parameters.extend(R::parameters());
        self
    }

    /// Removes query parameters of these names.
    #[must_use]
    pub fn without_parameters(mut self, names: &[&str]) -> Self {
        self.parameters.retain(|parameter| {
            parameter.place != ParameterIn::Query || !names.contains(&parameter.name)
        });
        self
    }

    /// Adds a query parameter that the route reads beside those of its request.
    #[must_use]
    pub fn query_parameter(self, name: &'static str, description: &'static str) -> Self {
        let schema = json!({"type": "string"});
        self.parameter(name, ParameterIn::Query, description, schema)
    }

    /// Adds a header that the route reads.
    #[must_use]
    pub fn header(self, name: &'static str, description: &'static str) -> Self {
        self.parameter(
            name,
            ParameterIn::Header,
            description,
            json!({"type": "string"}),
        )
    }

    fn parameter(
        mut self,
        name: &'static str,
        place: ParameterIn,
        description: &'static str,
        schema: Value,
    ) -> Self {
        self.parameters.push(Parameter {
            name,
            place,
            description,
            schema,
        });
        self
    }

    /// Adds a media type of the request body, the preferred one first.
    #[must_use]
    pub fn takes(mut self, media_type: &'static str, shape: Shape) -> Self {
        let shapes = vec![shape];
        self.bodies.push(Media { media_type, shapes });
        self
    }

    /// Adds an answer, or a further media type of the answer with that status.
    #[must_use]
    pub fn answers(
        mut self,
        status: u16,
        description: &'static str,
        media_type: &'static str,
        shape: Shape,
    ) -> Self {
        let shapes = vec![shape];
        let media = Media { media_type, shapes };
        if self.answer(status).is_none() {
            self = self.answers_empty(status, description);
        }
        if let Some(answer) = self.answer(status) {
            answer.bodies.push(media);
        }
        self
    }

    /// Adds an answer without a body.
    #[must_use]
    pub fn answers_empty(mut self, status: u16, description: &'static str) -> Self {
        self.answers.push(Answer {
            status,
            description,
            bodies: Vec::new(),
            headers: Vec::new(),
        });
        self
    }

    fn answer(&mut self, status: u16) -> Option<&mut Answer> {
        self.answers
            .iter_mut()
            .find(|answer| answer.status == status)
    }

    /// Adds links from the answers with a body to other operations, by their ids, with the sources of
    /// their parameters.
    #[must_use]
    pub fn links(mut self, targets: &[(&'static str, &[Source])]) -> Self {
        let links = targets.iter().map(|(operation, sources)| Link {
            name: operation,
            operation: (*operation).to_owned(),
            parameters: sources
                .iter()
                .map(|(to, from)| ((*to).to_owned(), (*from).to_owned()))
                .collect(),
        });
        self.links.extend(links);
        self
    }

    /// Adds the link from a page to the next one, if the list has more than one.
    fn with_next(mut self) -> Self {
        let mut in_query = self
            .parameters
            .iter()
            .filter(|parameter| parameter.place == ParameterIn::Query);
        if !in_query.any(|parameter| parameter.name == "from") {
            return self;
        }
        let in_path = self
            .parameters
            .iter()
            .filter(|parameter| parameter.place == ParameterIn::Path);
        let in_path = in_path.map(|parameter| {
            let name = parameter.name;
            (format!("path.{name}"), format!("$request.path.{name}"))
        });
        let cursor = ("query.from".to_owned(), "$response.body#/next".to_owned());
        self.links.push(Link {
            name: "next",
            operation: self.id.clone(),
            parameters: in_path.chain([cursor]).collect(),
        });
        self
    }

    /// Adds an alternative schema to the answers of a form.
    #[must_use]
    pub fn or(mut self, form: Format, shape: &Shape) -> Self {
        let media = self
            .answers
            .iter_mut()
            .flat_map(|answer| &mut answer.bodies);
        for media in media.filter(|media| media.media_type == form.media_type()) {
            media.shapes.push(shape.clone());
        }
        self
    }

    /// Adds the answer of a view, with an entity tag.
    #[must_use]
    pub fn answers_view<T: JsonSchema>(self) -> Self {
        self.answers(200, "The view.", Format::Json.media_type(), shape::<T>())
            .with_etag()
            .formats(&[Format::Json])
    }

    /// Adds an entity tag to the answer, and the 304 of a conditional read.
    #[must_use]
    pub fn with_etag(mut self) -> Self {
        let description = "A digest of the answer and its form; it changes only with them.";
        if let Some(answer) = self.answer(200) {
            answer.headers.push(("ETag", description));
        }
        self = self.answers_empty(304, "The client has the answer already.");
        self.header(
            "If-None-Match",
            "The entity tag of the answer that the client has.",
        )
    }

    /// Adds the answer of a page of a list, in three forms.
    #[must_use]
    pub fn answers_list<T: JsonSchema>(self) -> Self {
        let page = shape::<Page<T>>();
        let mut this = self
            .answers(200, "A page of the list.", Format::Json.media_type(), page)
            .answers(200, "", Format::Ndjson.media_type(), shape::<T>())
            .answers(200, "", Format::Csv.media_type(), Shape::Text);
        if let Some(answer) = this.answer(200) {
            let description = "The next page, as `rel=\"next\"`; missing on the last one.";
            answer.headers.push(("Link", description));
        }
        this.with_next().formats(&list::FORMATS)
    }

    /// Sets the forms that a client may choose from.
    #[must_use]
    pub fn formats(mut self, forms: &[Format]) -> Self {
        self.parameters
            .retain(|parameter| !PARAMETERS.contains(&parameter.name));
        let names: Vec<&str> = forms.iter().map(|form| form.as_str()).collect();
        if forms.contains(&Format::Csv) {
            let description = "Whether a table begins with a byte order mark, which Excel needs.";
            self = self.parameter(
                "bom",
                ParameterIn::Query,
                description,
                json!({"type": "boolean"}),
            );
        }
        if !self.codes.contains(&Code::NotAcceptable) {
            self.codes.extend([Code::NotAcceptable, Code::BadQuery]);
        }
        let description = "The form of the answer; overrides the header `Accept`.";
        let schema = json!({"type": "string", "enum": names});
        self.parameter("format", ParameterIn::Query, description, schema)
    }

    /// Adds codes of refusals.
    #[must_use]
    pub fn refuses(mut self, codes: &[Code]) -> Self {
        let further = codes.iter().filter(|code| !self.codes.contains(code));
        let further: Vec<Code> = further.copied().collect();
        self.codes.extend(further);
        self
    }

    /// Sets the schema of its problems.
    #[must_use]
    pub fn problem(mut self, shape: Shape) -> Self {
        self.problem = Some(shape);
        self
    }
}
