//! x
use crate::support::*;
use std::sync::Arc;
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn perf() {
    let nats = Nats::start().await;
    let door = Arc::new(nats.door().await);
    let t = std::time::Instant::now();
    let n = 100;
    let c = 100;
    let hs: Vec<_> = (0..c)
        .map(|_| {
            let door = Arc::clone(&door);
            tokio::spawn(async move {
                let body = event(None, 1).to_string();
                for _ in 0..n {
                    assert_eq!(door.post(None, body.clone()).await.0, 201);
                }
            })
        })
        .collect();
    for h in hs {
        h.await.expect("x");
    }
    let e = t.elapsed();
    eprintln!("XX singles {} posts/s", f64::from(n * c) / e.as_secs_f64());
    let t = std::time::Instant::now();
    let body = (event(None, 1).to_string() + "\n").repeat(10_000);
    let hs: Vec<_> = (0..4)
        .map(|_| {
            let door = Arc::clone(&door);
            let body = body.clone();
            tokio::spawn(async move {
                for _ in 0..5 {
                    assert_eq!(
                        door.post(Some("application/x-ndjson"), body.clone())
                            .await
                            .0,
                        201
                    );
                }
            })
        })
        .collect();
    for h in hs {
        h.await.expect("x");
    }
    eprintln!(
        "XX bulk {} rows/s ({} MB body)",
        200_000.0 / t.elapsed().as_secs_f64(),
        body.len() >> 20
    );
    let t = std::time::Instant::now();
    let (_g, _, c2) = nats.gateway().await;
    eprintln!("XX restart with 200k ids {:?}", t.elapsed());
    c2.cancel();
}
