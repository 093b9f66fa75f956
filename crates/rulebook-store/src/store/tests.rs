//! What is dropped with a rebuild, and what is left of a dropped rulebook.

use detente_rulebook::{DEFAULT, Origin};
use detente_testkit::nats::Nats;

use super::*;
use detente_jetstream::topology::{Replicas, ensure_bucket};

/// Opens a registry in which the built-in rulebook is in force.
async fn store(nats: &Nats) -> (RulebookStore, CompiledRulebook) {
    let connection = nats.connect().await;
    let ensured = ensure_bucket(&connection, Bucket::Control, Replicas::One).await;
    ensured.expect("a bucket");
    let store = RulebookStore::open(&connection).await.expect("a registry");
    let own = CompiledRulebook::parse(DEFAULT.as_bytes(), Origin::Shipped);
    let own = own.expect("a sound rulebook");
    store.bootstrap(&own).await.expect("it is in force");
    (store, own)
}

impl RulebookStore {
    /// Begins a rebuild.
    async fn rebuilt(&self) -> Projection {
        let rebuild = self.rebuild().await.expect("an answer");
        let rebuild = rebuild.expect("a rulebook in force");
        assert!(rebuild.is_new);
        rebuild.projection
    }

    /// Puts a projection in force.
    async fn activate(&self, projection: &Projection) {
        let snapshot = self.load().await.expect("the registry");
        let active = snapshot.active.expect("one in force");
        assert!(self.switch(projection, &active).await.expect("an answer"));
        self.nominate(projection).await.expect("no candidate");
    }

    async fn fails(&self, projection: &Projection) {
        let noted = self.set_failure(projection, Some("it is damaged")).await;
        noted.expect("it is noted");
    }
}

#[tokio::test]
async fn a_rebuild_drops_a_failed_rebuild_but_not_what_was_in_force_or_adopted() {
    let nats = Nats::start().await;
    let (store, own) = store(&nats).await;
    let failed = store.rebuilt().await;
    store.fails(&failed).await;
    let second = store.rebuilt().await;
    let snapshot = store.load().await.expect("the registry");
    assert!(snapshot.dropped.contains(&failed) && !snapshot.stored.contains_key(&failed));

    // Switching back to what was in force before fails too.
    store.activate(&second).await;
    store.nominate(&own.projection).await.expect("a candidate");
    store.fails(&own.projection).await;
    let third = store.rebuilt().await;
    let snapshot = store.load().await.expect("the registry");
    assert!(snapshot.stored.contains_key(&own.projection));

    // A rebuild that is the previous projection.
    store.activate(&third).await;
    store.nominate(&second).await.expect("a candidate");
    store.fails(&second).await;
    let fourth = store.rebuilt().await;
    let snapshot = store.load().await.expect("the registry");
    assert!(snapshot.stored.contains_key(&second));

    // What is adopted under its bare name is no rebuild, whether or not it was in force last.
    store.activate(&fourth).await;
    store.nominate(&own.projection).await.expect("a candidate");
    store.fails(&own.projection).await;
    store.rebuilt().await;
    let snapshot = store.load().await.expect("the registry");
    assert!(snapshot.stored.contains_key(&own.projection));
    assert_eq!(snapshot.dropped, [failed].into());
}

#[tokio::test]
async fn a_failure_of_a_dropped_rulebook_is_not_noted() {
    let nats = Nats::start().await;
    let (store, _) = store(&nats).await;
    let dropped = store.rebuilt().await;
    store.fails(&dropped).await;
    store.drop_rulebook(&dropped).await.expect("it is dropped");
    // A projector that does not know it yet.
    store.fails(&dropped).await;
    let snapshot = store.load().await.expect("the registry");
    assert!(snapshot.failed.is_empty());
}
