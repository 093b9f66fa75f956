//! What the commands take that amend the record.

use clap::Args;
use uuid::Uuid;

/// Where an amendment goes, and how.
#[derive(Clone, Debug, Default, Args)]
pub struct Sending {
    /// Send it though no event has the id: it stays pending, and takes effect when one comes
    #[arg(long)]
    pub pending: bool,
    /// Its own id, to send the same again (default: a fresh one)
    #[arg(long, value_name = "UUID")]
    pub id: Option<Uuid>,
    /// Address of the ingest service, where it is apart (default: that of --server)
    #[arg(long, env = "DETENTE_INGEST", value_name = "URL")]
    pub ingest: Option<String>,
}

/// The publication that an amendment rests on.
#[derive(Clone, Debug, Default, Args)]
pub struct Publication {
    /// Who published it
    #[arg(long)]
    pub publisher: String,
    /// Where
    #[arg(long)]
    pub url: Option<String>,
    /// Its language, such as ar
    #[arg(long, value_name = "TAG")]
    pub language: Option<String>,
    /// When: EDTF, such as 2023-04-18
    #[arg(long, value_name = "DATE")]
    pub published: Option<String>,
    /// The words that it rests on, in the original language
    #[arg(long)]
    pub quote: Option<String>,
    /// Admiralty grade, such as B2 (default: F6, which nobody judged)
    #[arg(long)]
    pub grade: Option<String>,
}

/// `detente corroborate`
#[derive(Clone, Debug, Args)]
pub struct Corroborate {
    /// The event
    pub event: Uuid,
    /// The further publication.
    #[command(flatten)]
    pub publication: Publication,
    /// Where it goes.
    #[command(flatten)]
    pub sending: Sending,
}

/// `detente dispute`
#[derive(Clone, Debug, Args)]
pub struct Dispute {
    /// The event
    pub event: Uuid,
    /// The party that denies it (none where a source contradicts it)
    #[arg(long, value_name = "PARTY")]
    pub by: Option<String>,
    /// What is claimed instead
    #[arg(long)]
    pub claim: Option<String>,
    /// Where that was published.
    #[command(flatten)]
    pub publication: Publication,
    /// Where it goes.
    #[command(flatten)]
    pub sending: Sending,
}

/// `detente correct`
#[derive(Clone, Debug, Args)]
pub struct Correct {
    /// The event
    pub event: Uuid,
    /// New kind, such as visit.made
    #[arg(long)]
    pub kind: Option<String>,
    /// New actors, with commas between them
    #[arg(long, value_name = "PARTIES")]
    pub actors: Option<String>,
    /// New recipients, with commas between them; empty for none
    #[arg(long, value_name = "PARTIES")]
    pub recipients: Option<String>,
    /// New date: EDTF, such as 2023-03-24 or 2022-03
    #[arg(long, value_name = "DATE")]
    pub occurred: Option<String>,
    /// A new value of a detail; may be given several times
    #[arg(long, value_name = "FIELD=VALUE")]
    pub detail: Vec<String>,
    /// A detail that is to be empty; may be given several times
    #[arg(long, value_name = "FIELD")]
    pub clear_detail: Vec<String>,
    /// A new title, such as en=…; may be given several times
    #[arg(long, value_name = "LANGUAGE=TITLE")]
    pub title: Vec<String>,
    /// On whose word.
    #[command(flatten)]
    pub publication: Publication,
    /// Where it goes.
    #[command(flatten)]
    pub sending: Sending,
}

/// `detente retract`
#[derive(Clone, Debug, Args)]
pub struct Retract {
    /// An event, or any record about one: a report, a dispute, a correction, a link, a retraction
    pub record: Uuid,
    /// Why
    #[arg(long)]
    pub reason: String,
    /// Where it goes.
    #[command(flatten)]
    pub sending: Sending,
}

/// `detente link` and `detente unlink`
#[derive(Clone, Debug, Args)]
pub struct Link {
    /// One event
    pub event: Uuid,
    /// The other
    pub other: Uuid,
    /// Where it goes.
    #[command(flatten)]
    pub sending: Sending,
}
