//! The description as one page for people: no scripts, nothing from elsewhere.

use std::collections::BTreeMap;

use detente_api::refusal::Code;
use serde_json::Value;

use crate::describe::{Operation, Place, Shape};
use crate::doors::{OPENAPI, REFERENCE};
use crate::openapi::LOCKED;

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

/// This page's own door.
pub(crate) fn operation() -> Operation {
    Operation::get(
        REFERENCE,
        "reference",
        "The description",
        "This description, as a page",
    )
    .told("HTML that needs no script, no style and no font from elsewhere.")
    .answers(200, "The page.", "text/html", Shape::Text)
    .unchanged()
    .open()
}

/// The page.
pub(crate) fn page(operations: &[Operation], document: &Value) -> String {
    let mut tags: BTreeMap<&str, Vec<&Operation>> = BTreeMap::new();
    for operation in operations {
        tags.entry(operation.tag).or_default().push(operation);
    }
    let mut page = String::new();
    head(&mut page, &tags);
    for (tag, operations) in &tags {
        write(&mut page, format_args!("<h2>{}</h2>", escaped(tag)));
        for operation in operations {
            article(&mut page, operation);
        }
    }
    codes(&mut page);
    schemas(&mut page, document);
    page.push_str("</main></body></html>\n");
    page
}

fn write(page: &mut String, text: std::fmt::Arguments<'_>) {
    page.push_str(&text.to_string());
}

fn head(page: &mut String, tags: &BTreeMap<&str, Vec<&Operation>>) {
    page.push_str("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">");
    page.push_str("<meta name=\"viewport\" content=\"width=device-width\">");
    write(
        page,
        format_args!("<title>Detente: HTTP reference</title><style>{STYLE}</style></head><body>"),
    );
    page.push_str("<a class=\"skip\" href=\"#main\">To the doors</a><header>");
    page.push_str("<h1>Detente: HTTP reference</h1>");
    write(
        page,
        format_args!(
            "<p>The same as <a href=\"{OPENAPI}\">OpenAPI 3.1</a>, for people. Every read takes two \
             clocks: <code>at</code>, the day in the world, and <code>known_at</code>, what the log \
             held.</p></header><nav aria-label=\"Doors\">"
        ),
    );
    for (tag, operations) in tags {
        write(page, format_args!("<h2>{}</h2><ul>", escaped(tag)));
        for operation in operations {
            write(
                page,
                format_args!(
                    "<li><a href=\"#{}\"><code>{} {}</code></a> {}</li>",
                    escaped(&operation.id),
                    operation.method,
                    escaped(&operation.path),
                    escaped(&operation.summary)
                ),
            );
        }
        page.push_str("</ul>");
    }
    page.push_str("<h2>Tables</h2><ul><li><a href=\"#codes\">Codes of refusals</a></li>");
    page.push_str("<li><a href=\"#schemas\">Schemas</a></li></ul></nav><main id=\"main\">");
}

fn article(page: &mut String, operation: &Operation) {
    let id = escaped(&operation.id);
    write(
        page,
        format_args!(
            "<article id=\"{id}\" aria-labelledby=\"{id}-h\"><h3 id=\"{id}-h\"><code>{} {}</code>\
             </h3><p>{}. {}</p><p>{}</p>",
            operation.method,
            escaped(&operation.path),
            escaped(&operation.summary),
            escaped(&operation.told),
            match operation.needs {
                Some(role) => format!(
                    "Takes the role {}, where tokens are in force.",
                    code(role.as_str())
                ),
                None => "Takes no token.".to_owned(),
            }
        ),
    );
    let parameters = operation.parameters.iter().map(|parameter| {
        let place = match parameter.place {
            Place::Path => "address",
            Place::Query => "parameter",
            Place::Header => "header",
        };
        let told = format!("{}{}", escaped(parameter.told), choices(&parameter.schema));
        [code(parameter.name), place.to_owned(), told]
    });
    table(
        page,
        "What it takes",
        ["Name", "Where", "Meaning"],
        parameters,
    );
    let bodies = operation.bodies.iter().map(|media| {
        let shapes = media.shapes.iter().map(shape);
        [
            code(media.media_type),
            shapes.collect::<Vec<_>>().join(" or "),
        ]
    });
    table(page, "Bodies", ["Media type", "Shape"], bodies);
    let answers = operation.answers.iter().map(|said| {
        let types = said.bodies.iter().map(|media| code(media.media_type));
        let types = types.collect::<Vec<_>>().join(", ");
        [said.status.to_string(), escaped(said.told), types]
    });
    table(
        page,
        "Answers",
        ["Status", "Meaning", "Media types"],
        answers,
    );
    let locked = LOCKED.iter().filter(|_| operation.needs.is_some());
    let refusals = operation.codes.iter().chain(locked).map(|refused| {
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
    let words = schema["enum"].as_array().into_iter().flatten();
    let words: Vec<String> = words.filter_map(Value::as_str).map(code).collect();
    if words.is_empty() {
        String::new()
    } else {
        format!(" One of {}.", words.join(", "))
    }
}

fn shape(shape: &Shape) -> String {
    match shape {
        Shape::As(schema) => escaped(schema["description"].as_str().unwrap_or("JSON")),
        Shape::Of(_) => "JSON".to_owned(),
        Shape::Text => "Text".to_owned(),
    }
}

fn codes(page: &mut String) {
    page.push_str("<h2 id=\"codes\">Codes of refusals</h2>");
    let rows = Code::ALL.iter().map(|refused| {
        let word = refused.as_str();
        let name = format!("<code id=\"code-{word}\">{word}</code>");
        let (title, advice) = (escaped(refused.title()), escaped(refused.advice()));
        let grpc = format!("<code>{}</code>", refused.grpc().as_str());
        [name, refused.status().to_string(), grpc, title, advice]
    });
    let columns = ["Code", "HTTP", "gRPC", "Meaning", "What to do"];
    table(page, "Every code that a refusal may have", columns, rows);
}

fn schemas(page: &mut String, document: &Value) {
    page.push_str("<h2 id=\"schemas\">Schemas</h2>");
    let schemas = document["components"]["schemas"].as_object();
    for (name, schema) in schemas.into_iter().flatten() {
        let told = schema["description"].as_str().unwrap_or_default();
        let name = escaped(name);
        write(
            page,
            format_args!(
                "<h3 id=\"schema-{name}\">{name}</h3><p>{}</p>",
                escaped(told)
            ),
        );
        let fields = schema["properties"].as_object().into_iter().flatten();
        let fields = fields.map(|(field, schema)| {
            let told = schema["description"].as_str().unwrap_or_default();
            [code(field), kind(schema), escaped(told)]
        });
        table(page, "Fields", ["Field", "Type", "Meaning"], fields);
    }
}

/// The type of a field, with a link where it is a schema of ours.
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
    write(
        page,
        format_args!("<table><caption>{caption}</caption><thead><tr>"),
    );
    for column in columns {
        write(page, format_args!("<th scope=\"col\">{column}</th>"));
    }
    page.push_str("</tr></thead><tbody>");
    for row in rows {
        page.push_str("<tr>");
        for (place, cell) in row.iter().enumerate() {
            if place == 0 {
                write(page, format_args!("<th scope=\"row\">{cell}</th>"));
            } else {
                write(page, format_args!("<td>{cell}</td>"));
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
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}
