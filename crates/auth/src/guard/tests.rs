//! Tests of authentication and revocation.

use super::*;
use crate::role::Role;
use crate::token::RANDOM_BYTES;
use time::OffsetDateTime;

fn token(seed: u8) -> Token {
    Token::new(&[seed; RANDOM_BYTES])
}

fn record(seed: u8) -> Record {
    let created = OffsetDateTime::UNIX_EPOCH;
    Record::new(
        &token(seed),
        &format!("desk {seed}"),
        Role::Reporter,
        created,
    )
    .unwrap()
}

fn table(policy: AuthPolicy, records: Vec<Record>) -> Table {
    Table::new(policy, !records.is_empty(), records)
}

fn following(policy: AuthPolicy, records: Vec<Record>) -> (watch::Sender<Arc<Table>>, Guard) {
    let (sender, table) = watch::channel(Arc::new(table(policy, records)));
    (sender, Guard { table })
}

fn sent(token: &Token) -> String {
    format!("Bearer {}", token.reveal().reveal())
}

#[test]
fn a_known_token_names_its_caller() {
    let (_sender, guard) = following(AuthPolicy::Always, vec![record(1), record(2)]);
    let caller = guard.authenticate(Some(&sent(&token(2)))).unwrap();
    assert_eq!((caller.name(), caller.role()), ("desk 2", Role::Reporter));
    let lower = sent(&token(2)).replace("Bearer ", "bearer   ");
    assert_eq!(guard.authenticate(Some(&lower)).unwrap(), caller);
}

#[test]
fn every_unknown_token_is_refused_with_the_same_message() {
    let (_sender, guard) = following(AuthPolicy::Always, vec![record(1)]);
    let good = token(1).reveal();
    let good = good.reveal();
    let secret = good.rsplit_once('_').unwrap().1;
    let refused = [
        sent(&token(2)),
        format!("Bearer {}", good.replace(secret, &"02".repeat(32))),
        format!("Bearer {}", good.replacen("01", "02", 1)),
        format!("Bearer {good}x"),
        "Bearer garbage".to_owned(),
    ];
    let messages = refused.map(|sent| {
        let refusal = guard.authenticate(Some(&sent)).unwrap_err();
        assert_eq!(refusal.code, Code::Unauthenticated, "{sent}");
        assert!(refusal.value.is_none(), "what was sent is not repeated");
        refusal.message
    });
    assert!(
        messages.iter().all(|message| *message == messages[0]),
        "{messages:?}"
    );
    for none in [
        None,
        Some(""),
        Some("Bearer"),
        Some("Bearer "),
        Some("Basic YTpi"),
        Some(good),
    ] {
        let refusal = guard.authenticate(none).unwrap_err();
        assert_eq!(refusal.code, Code::Unauthenticated);
        assert!(refusal.message.contains("is needed"), "{none:?}");
    }
}

#[test]
fn tokens_are_enforced_from_the_first_one_on_even_if_all_are_revoked() {
    let (_sender, guard) = following(AuthPolicy::OnceTokensExist, Vec::new());
    assert_eq!(guard.authenticate(None).unwrap(), Caller::local());
    assert!(!guard.is_enforced());
    let (_sender, guard) = following(AuthPolicy::Always, Vec::new());
    assert!(guard.authenticate(None).is_err());
    let mut revoked = record(1);
    revoked.revoked = Some(OffsetDateTime::UNIX_EPOCH);
    let (_sender, guard) = following(AuthPolicy::OnceTokensExist, vec![revoked]);
    assert!(guard.is_enforced());
    assert_eq!(guard.usable_tokens(), 0);
    assert!(guard.authenticate(Some(&sent(&token(1)))).is_err());
    // Nor does it open access that no record can be read.
    let unreadable = Table::new(AuthPolicy::OnceTokensExist, true, Vec::new());
    assert!(unreadable.is_enforced);
}

#[tokio::test]
async fn only_the_caller_of_a_revoked_token_loses_access() {
    let (sender, guard) = following(AuthPolicy::OnceTokensExist, vec![record(1), record(2)]);
    let [first, second] = [1, 2].map(|seed| guard.authenticate(Some(&sent(&token(seed)))).unwrap());
    assert_eq!(guard.check(&first), Ok(()));
    let mut stays = Box::pin(guard.revoked(&second));
    let mut revoked = record(1);
    revoked.revoked = Some(OffsetDateTime::UNIX_EPOCH);
    let changed = table(AuthPolicy::OnceTokensExist, vec![revoked, record(2)]);
    sender.send_replace(Arc::new(changed));
    assert_eq!(guard.revoked(&first).await.code, Code::Unauthenticated);
    assert!(guard.check(&first).is_err());
    assert!(futures_util::poll!(&mut stays).is_pending());
    assert_eq!(guard.check(&second), Ok(()));
}

#[tokio::test]
async fn a_caller_without_a_token_loses_access_when_tokens_come_into_force() {
    let (sender, guard) = following(AuthPolicy::OnceTokensExist, Vec::new());
    let local = guard.authenticate(None).unwrap();
    let mut stays = Box::pin(guard.revoked(&local));
    assert!(futures_util::poll!(&mut stays).is_pending());
    let changed = table(AuthPolicy::OnceTokensExist, vec![record(1)]);
    sender.send_replace(Arc::new(changed));
    stays.await;
}
