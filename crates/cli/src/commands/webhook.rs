//! `detente webhook …`: the webhooks of a server, over its API.

use detente_auth::Secret;
use detente_client::Webhooks;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::Out;
use crate::args::{CreateWebhook, Global, Output, Webhook, WebhookCommand};
use crate::show::{self, DeliveriesShown, WebhookShown};
use crate::source::{client, fault};

/// A page of webhooks; there is one.
#[derive(Deserialize)]
struct Listed {
    items: Vec<WebhookShown>,
}

pub(super) async fn run(global: &Global, args: &Webhook, out: &mut Out) -> anyhow::Result<()> {
    let client = client(global, None)?;
    let asked = asked(&args.command);
    let answer = client.webhooks(asked).await.map_err(fault)?;
    if out.form() == Output::Json && !answer.is_null() {
        return Ok(out.json(&answer)?);
    }
    let text = match &args.command {
        WebhookCommand::List => {
            let page: Listed = serde_json::from_value(answer)?;
            show::webhooks(out, &page.items)
        }
        WebhookCommand::Deliveries(_) => {
            let found: DeliveriesShown = serde_json::from_value(answer)?;
            show::deliveries(out, &found)
        }
        WebhookCommand::Delete(named) => {
            out.note(&format!("{} is deleted", named.id));
            return Ok(());
        }
        WebhookCommand::Create(_)
        | WebhookCommand::Show(_)
        | WebhookCommand::Pause(_)
        | WebhookCommand::Resume(_)
        | WebhookCommand::Replay(_)
        | WebhookCommand::Rotate(_) => {
            let one: WebhookShown = serde_json::from_value(answer)?;
            show::webhook(&one)
        }
    };
    Ok(out.text(&text)?)
}

fn asked(command: &WebhookCommand) -> Webhooks<'_> {
    match command {
        WebhookCommand::List => Webhooks::List,
        WebhookCommand::Create(create) => Webhooks::Create(body(create)),
        WebhookCommand::Show(named) => Webhooks::Show(&named.id),
        WebhookCommand::Deliveries(named) => Webhooks::Deliveries(&named.id),
        WebhookCommand::Pause(named) => Webhooks::Pause(&named.id),
        WebhookCommand::Resume(named) => Webhooks::Resume(&named.id),
        WebhookCommand::Replay(replay) => Webhooks::Replay(&replay.id, &replay.cursor),
        WebhookCommand::Rotate(rotate) => {
            let secret = rotate.secret.as_ref().map(Secret::reveal);
            Webhooks::Rotate(&rotate.id, secret)
        }
        WebhookCommand::Delete(named) => Webhooks::Delete(&named.id),
    }
}

fn body(create: &CreateWebhook) -> Value {
    let mut body = Map::from_iter([("url".to_owned(), json!(create.url))]);
    let texts = [
        ("id", create.id.as_deref()),
        ("secret", create.secret.as_ref().map(Secret::reveal)),
        ("from", create.from.as_deref()),
        ("filter", create.filter.as_deref()),
    ];
    for (name, text) in texts {
        body.extend(text.map(|text| (name.to_owned(), json!(text))));
    }
    let lists = [
        ("country", &create.country),
        ("party", &create.party),
        ("pair", &create.pair),
        ("dimension", &create.dimension),
        ("direction", &create.direction),
        ("occasion", &create.occasion),
    ];
    for (name, list) in lists {
        if !list.is_empty() {
            body.insert(name.to_owned(), json!(list));
        }
    }
    Value::Object(body)
}
