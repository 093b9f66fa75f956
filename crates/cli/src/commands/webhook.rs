//! `detente webhook …`: administration of webhooks over the API.

use detente_api::request::FilterRequest;
use detente_api::view::Page;
use detente_auth::Secret;
use detente_client::WebhookAction;
use detente_webhooks::view::WebhookView;
use serde_json::{Value, json};

use crate::args::{CreateWebhook, Global, OutputFormat, Webhook};
use crate::output::Output;
use crate::render;
use crate::source::{client, with_exit_code};

pub(super) async fn run(
    global: &Global,
    command: &Webhook,
    out: &mut Output,
) -> anyhow::Result<()> {
    let client = client(global, None)?;
    let answer = client.webhooks(request(command)?).await;
    let answer = answer.map_err(with_exit_code)?;
    if out.format() == OutputFormat::Json && !answer.is_null() {
        return Ok(out.json(&answer)?);
    }
    let text = match command {
        Webhook::List => {
            let page: Page<WebhookView> = serde_json::from_value(answer)?;
            render::webhooks(out, &page.items)
        }
        Webhook::Deliveries(_) => render::deliveries(out, &serde_json::from_value(answer)?),
        Webhook::Delete(named) => {
            out.note(&format!("{} is deleted", named.id));
            return Ok(());
        }
        Webhook::Create(_)
        | Webhook::Show(_)
        | Webhook::Pause(_)
        | Webhook::Resume(_)
        | Webhook::Replay(_)
        | Webhook::Rotate(_) => render::webhook(&serde_json::from_value(answer)?),
    };
    Ok(out.text(&text)?)
}

fn request(command: &Webhook) -> anyhow::Result<WebhookAction<'_>> {
    Ok(match command {
        Webhook::List => WebhookAction::List,
        Webhook::Create(create) => WebhookAction::Create(body(create)?),
        Webhook::Show(named) => WebhookAction::Show(&named.id),
        Webhook::Deliveries(named) => WebhookAction::Deliveries(&named.id),
        Webhook::Pause(named) => WebhookAction::Pause(&named.id),
        Webhook::Resume(named) => WebhookAction::Resume(&named.id),
        Webhook::Replay(replay) => WebhookAction::Replay(&replay.id, &replay.cursor),
        Webhook::Rotate(rotate) => {
            let secret = rotate.secret.as_ref().map(Secret::reveal);
            WebhookAction::Rotate(&rotate.id, secret)
        }
        Webhook::Delete(named) => WebhookAction::Delete(&named.id),
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
