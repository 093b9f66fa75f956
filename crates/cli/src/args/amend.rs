//! Arguments of the commands that amend an event.

use clap::Args;
use uuid::Uuid;

/// Flags of sending an amendment.
#[derive(Clone, Debug, Default, Args)]
pub struct Sending {
    /// Send it even if no event has the id: it stays pending until one is reported
    #[arg(long)]
    pub pending: bool,
    /// Id of the amendment, to send the same one again (default: a new id)
    #[arg(long, value_name = "UUID")]
    pub id: Option<Uuid>,
    /// Address of the ingest service (default: that of --server)
    #[arg(
        long,
        env = "DETENTE_INGEST",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub ingest: Option<String>,
}

/// The publication that supports an amendment.
#[derive(Clone, Debug, Default, Args)]
pub struct Publication {
    /// Publisher
    #[arg(long)]
    pub publisher: String,
    /// Address of the publication
    #[arg(long)]
    pub url: Option<String>,
    /// Language, such as ar
    #[arg(long, value_name = "TAG")]
    pub language: Option<String>,
    /// Date of publication: EDTF, such as 2023-04-18
    #[arg(long, value_name = "DATE")]
    pub published: Option<String>,
    /// Quotation, in the original language
    #[arg(long)]
    pub quote: Option<String>,
    /// Admiralty grade, such as B2 (default: F6, not judged)
    #[arg(long)]
    pub grade: Option<String>,
}

/// `detente corroborate`
#[derive(Clone, Debug, Args)]
pub struct Corroborate {
    /// Id of the event
    pub event: Uuid,
    /// The publication.
    #[command(flatten)]
    pub publication: Publication,
    /// The delivery.
    #[command(flatten)]
    pub sending: Sending,
}

/// `detente dispute`
#[derive(Clone, Debug, Args)]
pub struct Dispute {
    /// Id of the event
    pub event: Uuid,
    /// Party that denies it (omit it if a source contradicts it)
    #[arg(long, value_name = "PARTY")]
    pub by: Option<String>,
    /// The opposing claim
    #[arg(long)]
    pub claim: Option<String>,
    /// The publication.
    #[command(flatten)]
    pub publication: Publication,
    /// The delivery.
    #[command(flatten)]
    pub sending: Sending,
}

/// `detente correct`
#[derive(Clone, Debug, Args)]
pub struct Correct {
    /// Id of the event
    pub event: Uuid,
    /// New kind, such as visit.made
    #[arg(long)]
    pub kind: Option<String>,
    /// New actors, separated by commas
    #[arg(long, value_name = "PARTIES")]
    pub actors: Option<String>,
    /// New recipients, separated by commas; empty for none
    #[arg(long, value_name = "PARTIES")]
    pub recipients: Option<String>,
    /// New date: EDTF, such as 2023-03-24 or 2022-03
    #[arg(long, value_name = "DATE")]
    pub occurred: Option<String>,
    /// New value of a detail; may be given several times
    #[arg(long, value_name = "FIELD=VALUE")]
    pub detail: Vec<String>,
    /// Detail to clear; may be given several times
    #[arg(long, value_name = "FIELD")]
    pub clear_detail: Vec<String>,
    /// New title, such as en=…; may be given several times
    #[arg(long, value_name = "LANGUAGE=TITLE")]
    pub title: Vec<String>,
    /// The publication.
    #[command(flatten)]
    pub publication: Publication,
    /// The delivery.
    #[command(flatten)]
    pub sending: Sending,
}

/// `detente retract`
#[derive(Clone, Debug, Args)]
pub struct Retract {
    /// Id of an event or of any record about one: report, dispute, correction, link, retraction
    pub record: Uuid,
    /// Reason
    #[arg(long)]
    pub reason: String,
    /// The delivery.
    #[command(flatten)]
    pub sending: Sending,
}

/// `detente link` and `detente unlink`
#[derive(Clone, Debug, Args)]
pub struct Link {
    /// Id of one event
    pub event: Uuid,
    /// Id of the other event
    pub other: Uuid,
    /// The delivery.
    #[command(flatten)]
    pub sending: Sending,
}
