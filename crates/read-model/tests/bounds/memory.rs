//! Rows folded in memory, and the records that they became.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use detente_api::request::KnownAt;
use detente_api::submission::{BodyFormat, submissions};
use detente_api::view::CommittedRecord;
use detente_chronicle::Position;
use detente_domain::day::Day;
use detente_domain::event::Authorship;
use detente_domain::record::Body;
use detente_domain::rulebook::Rulebook;
use detente_feed::{Error, Failure};
use detente_read_model::ReadSource;
use detente_read_model::archive::{Archive, RecordRef};
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

/// The records of a commit.
const COMMIT: usize = 1_000;

/// Folded rows.
pub(crate) struct Memory {
    archive: Mutex<Archive>,
    records: BTreeMap<Uuid, CommittedRecord>,
    rules: Arc<Rulebook>,
}

impl Memory {
    pub(crate) fn new(rows: &[Value]) -> Self {
        let rules = Arc::new(detente_rulebook::default_rulebook().unwrap());
        let mut archive = Archive::new(Arc::clone(&rules));
        let mut records = BTreeMap::new();
        let body: Vec<String> = rows.iter().map(Value::to_string).collect();
        let body = body.join("\n");
        let mut entries = submissions(body.as_bytes(), BodyFormat::Ndjson).peekable();
        let mut position = 0;
        while entries.peek().is_some() {
            position += 1;
            archive.chronicle_mut().open_commit();
            for (_, entry) in entries.by_ref().take(COMMIT) {
                let entry = entry.unwrap_or_else(|refusals| panic!("{refusals:?}"));
                let authorship = Authorship {
                    author: "a token".to_owned(),
                    recorded: OffsetDateTime::UNIX_EPOCH,
                };
                let id = entry.id().unwrap();
                let record = entry.into_record(id, authorship);
                archive.apply(position, &record);
                records.insert(id, CommittedRecord { position, record });
            }
            archive.chronicle_mut().close_commit(Position(position));
        }
        Self {
            archive: Mutex::new(archive),
            records,
            rules,
        }
    }

    pub(crate) fn events(&self) -> impl Iterator<Item = Uuid> {
        let records = self.records.values();
        let events = records.filter(|known| matches!(known.record.body, Body::Reported(_)));
        events.map(|known| known.record.id.0)
    }
}

impl ReadSource for Memory {
    const HAS_RECORD_TIMES: bool = true;

    async fn with_archive<T: Send + 'static>(
        &self,
        run: impl FnOnce(&mut Archive) -> T + Send + 'static,
    ) -> T {
        run(&mut self.archive.lock().unwrap())
    }

    fn rules(&self) -> &Arc<Rulebook> {
        &self.rules
    }

    fn projection_name(&self) -> &str {
        "memory"
    }

    fn today(&self) -> Day {
        Day::parse("2024-06-01").unwrap()
    }

    async fn head(&self, _: u64) -> Result<u64, Error> {
        Ok(self.archive.lock().unwrap().head())
    }

    async fn position(&self, _: &str, known: KnownAt, _: u64) -> Result<u64, Error> {
        match known {
            KnownAt::Position(position) => Ok(position),
            KnownAt::Time(_) => panic!("there are no times"),
        }
    }

    async fn records(
        &self,
        refs: BTreeSet<RecordRef>,
    ) -> Result<BTreeMap<Uuid, CommittedRecord>, Failure> {
        let found = refs
            .iter()
            .filter_map(|known| self.records.get(&known.record));
        Ok(found
            .map(|known| (known.record.id.0, known.clone()))
            .collect())
    }
}
