//! Who is let in, by what he sends.

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

fn following(demand: Demand, records: Vec<Record>) -> (watch::Sender<Arc<Table>>, Guard) {
    let (tell, seen) = watch::channel(Arc::new(Table::new(demand, records)));
    (tell, Guard { seen })
}

fn sent(token: &Token) -> String {
    format!("Bearer {}", token.whole().reveal())
}

#[test]
fn a_token_that_is_known_names_its_caller() {
    let (_tell, guard) = following(Demand::Always, vec![record(1), record(2)]);
    let caller = guard.admit(Some(&sent(&token(2)))).unwrap();
    assert_eq!((caller.name(), caller.role()), ("desk 2", Role::Reporter));
    let lower = sent(&token(2)).replace("Bearer ", "bearer   ");
    assert_eq!(guard.admit(Some(&lower)).unwrap(), caller);
}

#[test]
fn whatever_is_no_token_of_ours_is_refused_in_the_same_words() {
    let (_tell, guard) = following(Demand::Always, vec![record(1)]);
    let good = token(1).whole();
    let good = good.reveal();
    let secret = good.rsplit_once('_').unwrap().1;
    let refused = [
        sent(&token(2)),
        format!("Bearer {}", good.replace(secret, &"02".repeat(32))),
        format!("Bearer {}", good.replacen("01", "02", 1)),
        format!("Bearer {good}x"),
        "Bearer garbage".to_owned(),
    ];
    let words = refused.map(|sent| {
        let refusal = guard.admit(Some(&sent)).unwrap_err();
        assert_eq!(refusal.code, Code::Unauthenticated, "{sent}");
        assert!(refusal.given.is_none(), "what was sent is not repeated");
        refusal.message
    });
    assert!(words.iter().all(|word| *word == words[0]), "{words:?}");
    for none in [
        None,
        Some(""),
        Some("Bearer"),
        Some("Bearer "),
        Some("Basic YTpi"),
        Some(good),
    ] {
        let refusal = guard.admit(none).unwrap_err();
        assert_eq!(refusal.code, Code::Unauthenticated);
        assert!(refusal.message.contains("is needed"), "{none:?}");
    }
}

#[test]
fn tokens_are_in_force_from_the_first_one_on_also_when_all_are_revoked() {
    let (_tell, guard) = following(Demand::OnceThereAreAny, Vec::new());
    assert_eq!(guard.admit(None).unwrap(), Caller::local());
    assert!(!guard.is_in_force());
    let (_tell, guard) = following(Demand::Always, Vec::new());
    assert!(guard.admit(None).is_err());
    let mut revoked = record(1);
    revoked.revoked = Some(OffsetDateTime::UNIX_EPOCH);
    let (_tell, guard) = following(Demand::OnceThereAreAny, vec![revoked]);
    assert!(guard.is_in_force());
    assert_eq!(guard.usable(), 0);
    assert!(guard.admit(Some(&sent(&token(1)))).is_err());
}

#[tokio::test]
async fn whoever_loses_his_token_is_dismissed_and_nobody_else() {
    let (tell, guard) = following(Demand::OnceThereAreAny, vec![record(1), record(2)]);
    let [one, two] = [1, 2].map(|seed| guard.admit(Some(&sent(&token(seed)))).unwrap());
    let mut stays = Box::pin(guard.dismissed(&two));
    let mut revoked = record(1);
    revoked.revoked = Some(OffsetDateTime::UNIX_EPOCH);
    let table = Table::new(Demand::OnceThereAreAny, vec![revoked, record(2)]);
    tell.send_replace(Arc::new(table));
    guard.dismissed(&one).await;
    assert!(futures_util::poll!(&mut stays).is_pending());
}

#[tokio::test]
async fn whoever_came_without_a_token_is_dismissed_when_tokens_come_into_force() {
    let (tell, guard) = following(Demand::OnceThereAreAny, Vec::new());
    let local = guard.admit(None).unwrap();
    let mut stays = Box::pin(guard.dismissed(&local));
    assert!(futures_util::poll!(&mut stays).is_pending());
    let table = Table::new(Demand::OnceThereAreAny, vec![record(1)]);
    tell.send_replace(Arc::new(table));
    stays.await;
}
