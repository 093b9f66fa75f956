//! A receiver of webhooks that keeps what it got, and behaves as it is told to.

use crate::ask::text;
use serde_json::Value;
use standardwebhooks::Webhook;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) raw: Vec<u8>,
    pub(crate) body: Value,
    pub(crate) at: Instant,
    pub(crate) manner: Manner,
}

/// How a request is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// It is taken.
    Take,
    /// It is taken, and the connection is cut before that is said.
    TakeAndCut,
    /// The connection is cut.
    Cut,
    /// The connection is held for a while, and then cut.
    Hang(Duration),
    /// It is answered so.
    Answer(u16),
    /// It is answered so, with a wait in seconds.
    Later(u16, u32),
}

type Behave = Arc<dyn Fn(&Delivery, &[Delivery]) -> Manner + Send + Sync>;

#[derive(Clone)]
pub(crate) struct Receiver {
    pub(crate) url: String,
    got: Arc<Mutex<Vec<Delivery>>>,
    behave: Behave,
}

impl Receiver {
    /// One that takes everything.
    pub(crate) async fn willing() -> Self {
        Self::start(|_, _| Manner::Take).await
    }

    /// One that says of each request, and all before it, how it is answered.
    pub(crate) async fn start(
        behave: impl Fn(&Delivery, &[Delivery]) -> Manner + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            url: format!("http://{}/hook?key=k", listener.local_addr().unwrap()),
            got: Arc::default(),
            behave: Arc::new(behave),
        };
        let serving = receiver.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let serving = serving.clone();
                tokio::spawn(async move { serving.serve(socket).await });
            }
        });
        receiver
    }

    /// All requests, in order.
    pub(crate) fn got(&self) -> Vec<Delivery> {
        self.got.lock().unwrap().clone()
    }

    /// How many requests were not answered well.
    pub(crate) fn cuts(&self) -> usize {
        let got = self.got.lock().unwrap();
        got.iter().filter(|one| one.manner != Manner::Take).count()
    }

    /// What was taken, each id once, in the order in which it first came.
    pub(crate) fn taken(&self) -> Vec<Delivery> {
        let mut ids = BTreeSet::new();
        let got = self.got();
        let taken = got.into_iter().filter(Delivery::is_taken);
        taken.filter(|one| ids.insert(one.id())).collect()
    }

    async fn serve(&self, socket: TcpStream) -> Option<()> {
        let mut socket = BufReader::new(socket);
        loop {
            let delivery = read(&mut socket).await?;
            let manner = {
                let mut got = self.got.lock().unwrap();
                let manner = (self.behave)(&delivery, &got);
                got.push(Delivery { manner, ..delivery });
                manner
            };
            let head = match manner {
                Manner::Take => "204 No Content\r\n".to_owned(),
                Manner::Answer(status) => format!("{status} So\r\nlocation: /elsewhere\r\n"),
                Manner::Later(status, wait) => format!("{status} So\r\nretry-after: {wait}\r\n"),
                Manner::Hang(wait) => {
                    tokio::time::sleep(wait).await;
                    return None;
                }
                Manner::TakeAndCut | Manner::Cut => return None,
            };
            let length = if manner == Manner::Take {
                ""
            } else {
                "content-length: 0\r\n"
            };
            let answer = format!("HTTP/1.1 {head}{length}\r\n");
            socket.write_all(answer.as_bytes()).await.ok()?;
        }
    }
}

async fn read(socket: &mut BufReader<TcpStream>) -> Option<Delivery> {
    let mut headers = BTreeMap::new();
    let mut line = String::new();
    socket.read_line(&mut line).await.ok().filter(|n| *n > 0)?;
    assert_eq!(line, "POST /hook?key=k HTTP/1.1\r\n");
    loop {
        line.clear();
        socket.read_line(&mut line).await.ok().filter(|n| *n > 0)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let length: usize = headers["content-length"].parse().unwrap();
    let mut raw = vec![0; length];
    socket.read_exact(&mut raw).await.ok()?;
    Some(Delivery {
        headers,
        body: serde_json::from_slice(&raw).unwrap(),
        raw,
        at: Instant::now(),
        manner: Manner::Take,
    })
}

impl Delivery {
    pub(crate) fn id(&self) -> String {
        self.headers["webhook-id"].clone()
    }

    pub(crate) fn relation(&self) -> String {
        text(&self.body["subject"])
    }

    pub(crate) fn frame(&self) -> &Value {
        &self.body["data"]
    }

    pub(crate) fn cursor(&self) -> String {
        text(&self.frame()["cursor"])
    }

    fn is_taken(&self) -> bool {
        [Manner::Take, Manner::TakeAndCut].contains(&self.manner)
    }

    /// Whether the library of the specification takes it for signed with a secret.
    pub(crate) fn is_signed_with(&self, secret: &str) -> bool {
        let mut headers = reqwest::header::HeaderMap::new();
        for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
            headers.insert(name, self.headers[name].parse().unwrap());
        }
        let webhook = Webhook::new(secret).unwrap();
        webhook.verify(&self.raw, &headers).is_ok()
    }
}
