//! The description as one HTML page, without scripts or external resources.

use std::collections::BTreeMap;

use detente_api::refusal::Code;
use schemars::SchemaGenerator;
use serde_json::Value;

use crate::describe::{Operation, Shape};
use crate::openapi::{self, ACCESS_CODES, SITE_CODES};

/// Appends formatted text.
macro_rules! push {
    ($page:ident, $($text:tt)*) => {
        $page.push_str(&format!($($text)*))
    };
}

/// The path of the page.
const PATH: &str = "/v1/docs";

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:auto;padding:1rem}\
code{font:.95em ui-monospace,monospace}\
table{border-collapse:collapse;margin:.5rem 0;width:100%}\
caption{text-align:start;font-weight:600;padding:.25rem 0}\
th,td{border:1px solid #8886;padding:.25rem .5rem;text-align:start;vertical-align:top}\
article{border-top:1px solid #8886;margin-top:1.5rem}\
a:focus{outline:3px solid}\
.skip{position:absolute;inset-inline-start:-99rem}.skip:focus{position:static}";

/// Describes the route of the page.
pub(crate) fn operation() -> Operation {
    Operation::get(
        PATH,
        "reference",
        "The description",
        "This description, as a page",
    )
    .description("HTML without scripts or external resources.")
    .answers(200, "The page.", "text/html", Shape::Text)
    .with_etag()
    .public()
}

/// Renders the page.
pub(crate) fn page(operations: &[Operation], document: &Value) -> String {
    let mut tags: BTreeMap<&str, Vec<&Operation>> = BTreeMap::new();
    for operation in operations {
        tags.entry(operation.tag).or_default().push(operation);
    }
    let mut page = String::new();
    head(&mut page, &tags);
    for (tag, operations) in &tags {
        push!(page, "<h2>{}</h2>", escaped(tag));
        for operation in operations {
            article(&mut page, operation);
        }
    }
    codes(&mut page);
    schemas(&mut page, document);
    page.push_str("</main></body></html>\n");
    page
}

fn head(page: &mut String, tags: &BTreeMap<&str, Vec<&Operation>>) {
    page.push_str("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">");
    page.push_str("<meta name=\"viewport\" content=\"width=device-width\">");
    push!(
        page,
        "<title>Detente: HTTP reference</title><style>{STYLE}</style></head><body>"
    );
    page.push_str("<a class=\"skip\" href=\"#main\">To the operations</a><header>");
    page.push_str("<h1>Detente: HTTP reference</h1>");
    push!(
        page,
        "<p>The same as <a href=\"{openapi}\">OpenAPI 3.1</a>, for people. Every read takes two \
             clocks: <code>at</code>, the day in the world, and <code>known_at</code>, the state of \
             the log.</p></header><nav aria-label=\"Operations\">",
        openapi = openapi::PATH
    );
    for (tag, operations) in tags {
        push!(page, "<h2>{}</h2><ul>", escaped(tag));
        for operation in operations {
            push!(
                page,
                "<li><a href=\"#{}\"><code>{} {}</code></a> {}</li>",
                escaped(&operation.id),
                operation.method,
                escaped(&operation.path),
                escaped(&operation.summary)
            );
        }
        page.push_str("</ul>");
    }
    page.push_str("<h2>Tables</h2><ul><li><a href=\"#codes\">Codes of refusals</a></li>");
    page.push_str("<li><a href=\"#schemas\">Schemas</a></li></ul></nav><main id=\"main\">");
}

fn article(page: &mut String, operation: &Operation) {
    let id = escaped(&operation.id);
    push!(
        page,
        "<article id=\"{id}\" aria-labelledby=\"{id}-h\"><h3 id=\"{id}-h\"><code>{} {}</code>\
             </h3><p>{}. {}</p><p>{}</p>",
        operation.method,
        escaped(&operation.path),
        escaped(&operation.summary),
        escaped(&operation.description),
        match operation.needs {
            Some(role) => format!(
                "Requires the role {}, where tokens are in force.",
                code(role.as_str())
            ),
            None => "Requires no token.".to_owned(),
        }
    );
    let parameters = operation.parameters.iter().map(|parameter| {
        let meaning = format!(
            "{}{}",
            escaped(parameter.description),
            choices(&parameter.schema)
        );
        [code(parameter.name), parameter.place.to_string(), meaning]
    });
    table(page, "Parameters", ["Name", "Where", "Meaning"], parameters);
    let bodies = operation.bodies.iter().map(|media| {
        let shapes = media.shapes.iter().map(shape);
        [
            code(media.media_type),
            shapes.collect::<Vec<_>>().join(" or "),
        ]
    });
    table(page, "Bodies", ["Media type", "Shape"], bodies);
    let answers = operation.answers.iter().map(|answer| {
        let types = answer.bodies.iter().map(|media| code(media.media_type));
        let types = types.collect::<Vec<_>>().join(", ");
        [
            answer.status.to_string(),
            escaped(answer.description),
            types,
        ]
    });
    table(
        page,
        "Answers",
        ["Status", "Meaning", "Media types"],
        answers,
    );
    let access = ACCESS_CODES.iter().filter(|_| operation.needs.is_some());
    let access = access.chain(&SITE_CODES);
    let refusals = operation.codes.iter().chain(access).map(|refused| {
        let link = format!(
            "<a href=\"#code-{0}\"><code>{0}</code></a>",
            refused.as_str()
        );
        [refused.status().to_string(), link, escaped(refused.title())]
    });
    table(page, "Refusals", ["Status", "Code", "Meaning"], refusals);
    page.push_str("</article>");
}

fn choices(schema: &Value) -> String {
    let names = schema["enum"].as_array().into_iter().flatten();
    let names: Vec<String> = names.filter_map(Value::as_str).map(code).collect();
    if names.is_empty() {
        String::new()
    } else {
        format!(" One of {}.", names.join(", "))
    }
}

fn shape(shape: &Shape) -> String {
    match shape {
        Shape::Schema(schema) => escaped(schema["description"].as_str().unwrap_or("JSON")),
        Shape::Type(schema) => {
            let schema = schema(&mut SchemaGenerator::default()).to_value();
            schema["description"]
                .as_str()
                .map_or_else(|| kind(&schema), escaped)
        }
        Shape::Text => "Text".to_owned(),
    }
}

fn codes(page: &mut String) {
    page.push_str("<h2 id=\"codes\">Codes of refusals</h2>");
    let rows = Code::ALL.iter().map(|refused| {
        let code = refused.as_str();
        let name = format!("<code id=\"code-{code}\">{code}</code>");
        let (title, advice) = (escaped(refused.title()), escaped(refused.advice()));
        let grpc = format!("<code>{}</code>", refused.grpc().as_str());
        [name, refused.status().to_string(), grpc, title, advice]
    });
    let columns = ["Code", "HTTP", "gRPC", "Meaning", "What to do"];
    table(page, "All codes of refusals", columns, rows);
}

fn schemas(page: &mut String, document: &Value) {
    page.push_str("<h2 id=\"schemas\">Schemas</h2>");
    let schemas = document["components"]["schemas"].as_object();
    for (name, schema) in schemas.into_iter().flatten() {
        let text = schema["description"].as_str().unwrap_or_default();
        let name = escaped(name);
        push!(
            page,
            "<h3 id=\"schema-{name}\">{name}</h3><p>{}</p>",
            escaped(text)
        );
        let fields = schema["properties"].as_object().into_iter().flatten();
        let fields = fields.map(|(field, schema)| {
            let text = schema["description"].as_str().unwrap_or_default();
            [code(field), kind(schema), escaped(text)]
        });
        table(page, "Fields", ["Field", "Type", "Meaning"], fields);
    }
}

/// Renders the type of a field, with a link if it is one of the schemas.
fn kind(schema: &Value) -> String {
    if let Some(target) = schema["$ref"].as_str() {
        let name = escaped(target.rsplit('/').next().unwrap_or_default());
        return format!("<a href=\"#schema-{name}\">{name}</a>");
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        return choices.iter().map(kind).collect::<Vec<_>>().join(" or ");
    }
    match &schema["type"] {
        Value::String(word) if word == "array" => format!("array of {}", kind(&schema["items"])),
        Value::String(word) => escaped(word),
        Value::Array(words) => {
            let words = words.iter().filter_map(Value::as_str);
            words.map(escaped).collect::<Vec<_>>().join(" or ")
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => "any".to_owned(),
    }
}

fn table<const N: usize>(
    page: &mut String,
    caption: &str,
    columns: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) {
    let mut rows = rows.peekable();
    if rows.peek().is_none() {
        return;
    }
    push!(page, "<table><caption>{caption}</caption><thead><tr>");
    for column in columns {
        push!(page, "<th scope=\"col\">{column}</th>");
    }
    page.push_str("</tr></thead><tbody>");
    for row in rows {
        page.push_str("<tr>");
        for (place, cell) in row.iter().enumerate() {
            if place == 0 {
                push!(page, "<th scope=\"row\">{cell}</th>");
            } else {
                push!(page, "<td>{cell}</td>");
            }
        }
        page.push_str("</tr>");
    }
    page.push_str("</tbody></table>");
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(text))
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('"', "&quot;");
    text.replace('<', "&lt;").replace('>', "&gt;")
}
