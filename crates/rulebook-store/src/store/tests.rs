//! What is dropped with a rebuild, what is left of a dropped rulebook, and damaged values.

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

/// Puts a value in the place of that of a key; `None` deletes it.
async fn damage(store: &RulebookStore, key: &str, value: Option<&'static [u8]>) {
    let Versioned {
        value: now,
        revision,
    } = store.control.look(key).await.expect("a read");
    match value {
        Some(value) => {
            let set = store.control.set(key, value.into(), Some(revision)).await;
            set.expect("a write");
        }
        None if now.is_none() => {}
        None => store
            .control
            .delete(key, revision)
            .await
            .expect("it is gone"),
    }
}

const DAMAGE: [Option<&[u8]>; 5] = [
    Some(b"hello"),
    Some(b"hello there you"),
    Some(b""),
    Some(&[0xff, 0xfe]),
    None,
];

#[tokio::test]
async fn a_damaged_value_is_passed_over_and_put_right_by_the_next_switch() {
    let nats = Nats::start().await;
    let (store, own) = store(&nats).await;
    let mut active = own.projection.clone();
    for value in DAMAGE {
        let candidate = store.rebuilt().await;
        damage(&store, ACTIVE_PROJECTION, value).await;
        damage(&store, CANDIDATE_PROJECTION, value).await;
        let snapshot = store.load().await.expect("the registry");
        let in_force = snapshot.active.as_ref().expect("one in force");
        assert_eq!(in_force.value.projection, active);
        assert_eq!(snapshot.candidate, None);
        let damaged: Vec<&str> = snapshot.damaged_values.keys().map(String::as_str).collect();
        assert_eq!(damaged.contains(&CANDIDATE_PROJECTION), value.is_some());
        assert!(damaged.contains(&ACTIVE_PROJECTION));
        let fault = &snapshot.damaged_values[ACTIVE_PROJECTION];
        assert!(fault.contains(active.as_str()), "{fault}");
        let chosen = store.bootstrap(&own).await.expect("a choice").projection;
        assert_eq!(chosen, active);
        assert_eq!(store.active().await.expect("a read"), Some(active));

        store.activate(&candidate).await;
        let snapshot = store.load().await.expect("the registry");
        assert!(snapshot.damaged_values.is_empty(), "{snapshot:?}");
        active = candidate;
    }
}

#[tokio::test]
async fn without_a_good_copy_what_runs_goes_on_and_what_starts_takes_its_own_rulebook() {
    let nats = Nats::start().await;
    let (store, own) = store(&nats).await;
    let rebuilt = store.rebuilt().await;
    store.activate(&rebuilt).await;
    let before = store.load().await.expect("the registry");
    for key in [ACTIVE_PROJECTION, detente_jetstream::kv::ACTIVE_COPY] {
        damage(&store, key, Some(b"{}")).await;
    }
    damage(
        &store,
        &format!("{RULEBOOK}{rebuilt}"),
        Some(b"no rulebook"),
    )
    .await;
    let damaged = store.load().await.expect("the registry");
    assert_eq!(damaged.active, None);
    let kept = damaged.following(&before);
    let in_force = kept.active.as_ref().expect("what was in force");
    assert_eq!(in_force.value.projection, rebuilt);
    assert!(kept.rulebook(&rebuilt).is_some());
    let chosen = store.bootstrap(&own).await.expect("a start").projection;
    assert_eq!(chosen, own.projection);
    let snapshot = store.load().await.expect("the registry");
    assert!(snapshot.damaged_values.is_empty(), "{snapshot:?}");
}

#[tokio::test]
async fn the_copy_is_that_of_the_last_switch_whoever_writes_it_meanwhile() {
    let nats = Nats::start().await;
    let (store, _) = store(&nats).await;
    for _ in 0..10 {
        let next = store.rebuilt().await;
        let keep = async || {
            for _ in 0..5 {
                store.keep_copy().await.expect("a copy");
            }
        };
        tokio::join!(store.activate(&next), keep(), keep(), keep());
        let [active, copy] = [ACTIVE_PROJECTION, detente_jetstream::kv::ACTIVE_COPY];
        let active = store.control.look(active).await.expect("a read").value;
        let copy = store.control.look(copy).await.expect("a read").value;
        assert!(active.is_some());
        assert_eq!(active, copy);
    }
}
