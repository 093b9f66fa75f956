//! `detente webhook …`: administration of webhooks over the API.

use detente_api::request::FilterRequest;
use detente_auth::Secret;
use detente_client::WebhookAction;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::args::{CreateWebhook, Global, OutputFormat, Webhook, WebhookCommand};
use crate::output::Output;
use crate::render::{self, DeliveryList, WebhookStatus};
use crate::source::{client, with_exit_code};

/// The page of all webhooks.
#[derive(Deserialize)]
struct WebhookList {
    items: Vec<WebhookStatus>,
}

pub(super) async fn run(global: &Global, args: &Webhook, out: &mut Output) -> anyhow::Result<()> {
    let client = client(global, None)?;
    let answer = client.webhooks(request(&args.command)?).await;
    let answer = answer.map_err(with_exit_code)?;
    if out.format() == OutputFormat::Json && !answer.is_null() {
        return Ok(out.json(&answer)?);
    }
    let text = match &args.command {
        WebhookCommand::List => {
            let page: WebhookList = serde_json::from_value(answer)?;
            render::webhooks(out, &page.items)
        }
        WebhookCommand::Deliveries(_) => {
            let found: DeliveryList = serde_json::from_value(answer)?;
            render::deliveries(out, &found)
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
            let one: WebhookStatus = serde_json::from_value(answer)?;
            render::webhook(&one)
        }
    };
    Ok(out.text(&text)?)
}

fn request(command: &WebhookCommand) -> anyhow::Result<WebhookAction<'_>> {
    Ok(match command {
        WebhookCommand::List => WebhookAction::List,
        WebhookCommand::Create(create) => WebhookAction::Create(body(create)?),
        WebhookCommand::Show(named) => WebhookAction::Show(&named.id),
        WebhookCommand::Deliveries(named) => WebhookAction::Deliveries(&named.id),
        WebhookCommand::Pause(named) => WebhookAction::Pause(&named.id),
        WebhookCommand::Resume(named) => WebhookAction::Resume(&named.id),
        WebhookCommand::Replay(replay) => WebhookAction::Replay(&replay.id, &replay.cursor),
        WebhookCommand::Rotate(rotate) => {
            let secret = rotate.secret.as_ref().map(Secret::reveal);
            WebhookAction::Rotate(&rotate.id, secret)
        }
        WebhookCommand::Delete(named) => WebhookAction::Delete(&named.id),
    })
}

fn body(create: &CreateWebhook) -> anyhow::Result<Value> {
    let filter = FilterRequest {
        country: create.country.clone(),
        party: create.party.clone(),
        pair: create.pair.clone(),
        ..create.filter.request()
    };
    let mut body = serde_json::to_value(filter)?;
    body["url"] = json!(create.url);
    let texts = [
        ("id", create.id.as_deref()),
        ("secret", create.secret.as_ref().map(Secret::reveal)),
        ("from", create.from.as_deref()),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            body[name] = json!(text);
        }
    }
    Ok(body)
}
