//! A TCP proxy that cuts connections after a random number of bytes.

use detente_tests::random::Random;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// The proxy.
#[derive(Debug)]
pub(crate) struct Proxy {
    pub(crate) http: String,
    /// The number of cut connections.
    pub(crate) cuts: AtomicU64,
    /// Stops cutting.
    stopped: AtomicBool,
    /// The most bytes before a cut; the head of an answer has some hundreds.
    bytes_max: u64,
    random: Random,
}

impl Proxy {
    pub(crate) async fn before(server: String, bytes_max: u64, seed: u64) -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Arc::new(Self {
            http: format!("http://{}", listener.local_addr().unwrap()),
            cuts: AtomicU64::new(0),
            stopped: AtomicBool::new(false),
            bytes_max,
            random: Random::new(seed),
        });
        let shared = Arc::clone(&proxy);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (proxy, server) = (Arc::clone(&shared), server.clone());
                tokio::spawn(async move { proxy.forward(client, &server).await });
            }
        });
        proxy
    }

    pub(crate) fn stop_cutting(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    async fn forward(&self, mut client: TcpStream, server: &str) {
        let Ok(mut server) = TcpStream::connect(server).await else {
            return;
        };
        let mut left = self.random.below(self.bytes_max);
        let (mut down, mut up) = ([0; 2048], [0; 2048]);
        loop {
            tokio::select! {
                read = client.read(&mut up) => match read {
                    Ok(count) if count > 0 => {
                        if server.write_all(&up[..count]).await.is_err() {
                            return;
                        }
                    }
                    _ => return,
                },
                read = server.read(&mut down) => {
                    let Ok(count) = read else { return };
                    let is_cut = left <= count as u64 && !self.stopped.load(Ordering::Relaxed);
                    let passed = if is_cut { left as usize } else { count };
                    if client.write_all(&down[..passed]).await.is_err() || count == 0 {
                        return;
                    }
                    if is_cut {
                        self.cuts.fetch_add(1, Ordering::Relaxed);
                        return;
                    }
                    left = left.saturating_sub(count as u64);
                }
            }
        }
    }
}
