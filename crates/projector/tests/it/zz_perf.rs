//! x
use crate::history::*;
use crate::support::*;
use detente_domain::record::Record;
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn perf() {
    let nats = Nats::start().await;
    let codes: Vec<&str> =
        "AFG KAZ KGZ TJK TKM UZB PAK IRN USA RUS CHN IND FRA DEU GBR TUR SAU ARE QAT EGY"
            .split(' ')
            .collect();
    let mut dice = Dice::new(1);
    let mut n = 0;
    nats.append(&[tick((2025, 1, 1))]).await;
    let kinds = [
        "statement.critical",
        "statement.supportive",
        "talks.held",
        "clash.occurred",
        "aid.delivered",
        "threat.made",
    ];
    let t = std::time::Instant::now();
    for _ in 0..100 {
        let records: Vec<Record> = (0..1000)
            .map(|_| {
                n += 1;
                let a = dice.roll(20) as usize;
                let b = (a + 1 + dice.roll(19) as usize) % 20;
                event(
                    n,
                    kinds[dice.roll(6) as usize],
                    codes[a],
                    codes[b],
                    &format!(
                        "202{}-{:02}-{:02}",
                        dice.roll(5),
                        1 + dice.roll(12),
                        1 + dice.roll(28)
                    ),
                )
            })
            .collect();
        nats.append(&records).await;
    }
    eprintln!("XX made 100k in {:?}", t.elapsed());
    let t = std::time::Instant::now();
    nats.project_up_to("behind", 101).await;
    eprintln!(
        "XX bulk catch-up 101 commits of 1000: {:?}, messages {}",
        t.elapsed(),
        nats.feed("behind").await.len()
    );
    let t = std::time::Instant::now();
    nats.project_up_to("behind", 101).await;
    eprintln!("XX restart replay {:?}", t.elapsed());
    let running = nats.project("behind").await;
    running.reaches(101).await;
    let t = std::time::Instant::now();
    let mut last = 0;
    for i in 0..2000_u64 {
        n += 1;
        let _ = i;
        let a = dice.roll(20) as usize;
        let b = (a + 1 + dice.roll(19) as usize) % 20;
        last = nats
            .append(&[event(n, "talks.held", codes[a], codes[b], "2025-01-01")])
            .await;
    }
    eprintln!("XX appended 2000 singles {:?}", t.elapsed());
    running.reaches(last).await;
    eprintln!("XX live 2000 commits {:?}", t.elapsed());
    let mut lat = Vec::new();
    for _ in 0..200 {
        n += 1;
        let t = std::time::Instant::now();
        let p = nats
            .append(&[event(n, "talks.held", "KAZ", "AFG", "2025-01-01")])
            .await;
        let ta = t.elapsed();
        running.reaches(p).await;
        lat.push((t.elapsed() - ta).as_micros());
    }
    lat.sort();
    eprintln!(
        "XX ack to published p50 {} us p99 {} us",
        lat[100], lat[197]
    );
    let sizes: Vec<usize> = nats
        .feed("behind")
        .await
        .iter()
        .map(|m| m.payload.len())
        .collect();
    eprintln!(
        "XX message bytes max {} avg {}",
        sizes.iter().max().unwrap(),
        sizes.iter().sum::<usize>() / sizes.len()
    );
}
