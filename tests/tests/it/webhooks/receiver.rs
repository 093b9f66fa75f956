//! A receiver of webhooks that records requests and answers them by a function.

use crate::helpers::text;
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
    pub(crate) behavior: Behavior,
}

/// The answer to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behavior {
    /// Accepts it.
    Accept,
    /// Accepts it, and closes the connection without an answer.
    AcceptAndCut,
    /// Closes the connection.
    Cut,
    /// Closes the connection after a while.
    Hang(Duration),
    /// Answers with a status.
    Answer(u16),
    /// Answers with a status and `Retry-After`, in seconds.
    RetryAfter(u16, u32),
}

type Behave = Arc<dyn Fn(&Delivery, &[Delivery]) -> Behavior + Send + Sync>;

#[derive(Clone)]
pub(crate) struct Receiver {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<Delivery>>>,
    behave: Behave,
}

impl Receiver {
    /// Starts one that accepts everything.
    pub(crate) async fn accepting() -> Self {
        Self::start(|_, _| Behavior::Accept).await
    }

    /// Starts one whose answers depend on the request and those before.
    pub(crate) async fn start(
        behave: impl Fn(&Delivery, &[Delivery]) -> Behavior + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            url: format!("http://{}/hook?key=k", listener.local_addr().unwrap()),
            requests: Arc::default(),
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

    /// Returns all requests, in order.
    pub(crate) fn requests(&self) -> Vec<Delivery> {
        self.requests.lock().unwrap().clone()
    }

    /// Returns the number of requests that were not answered with success.
    pub(crate) fn failures(&self) -> usize {
        let requests = self.requests.lock().unwrap();
        let failed = |delivery: &&Delivery| delivery.behavior != Behavior::Accept;
        requests.iter().filter(failed).count()
    }

    /// Returns the accepted deliveries, each id once, in order of arrival.
    pub(crate) fn accepted(&self) -> Vec<Delivery> {
        let mut ids = BTreeSet::new();
        let mut accepted = self.requests();
        accepted.retain(|delivery| delivery.is_accepted() && ids.insert(delivery.id()));
        accepted
    }

    async fn serve(&self, socket: TcpStream) -> Option<()> {
        let mut socket = BufReader::new(socket);
        loop {
            let delivery = read(&mut socket).await?;
            let behavior = {
                let mut requests = self.requests.lock().unwrap();
                let behavior = (self.behave)(&delivery, &requests);
                requests.push(Delivery {
                    behavior,
                    ..delivery
                });
                behavior
            };
            let head = match behavior {
                Behavior::Accept => "204 No Content\r\n".to_owned(),
                Behavior::Answer(status) => format!("{status} Status\r\nlocation: /elsewhere\r\n"),
                Behavior::RetryAfter(status, wait) => {
                    format!("{status} Status\r\nretry-after: {wait}\r\n")
                }
                Behavior::Hang(wait) => {
                    tokio::time::sleep(wait).await;
                    return None;
                }
                Behavior::AcceptAndCut | Behavior::Cut => return None,
            };
            let length = if behavior == Behavior::Accept {
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
        behavior: Behavior::Accept,
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

    fn is_accepted(&self) -> bool {
        [Behavior::Accept, Behavior::AcceptAndCut].contains(&self.behavior)
    }

    /// Verifies the signature with the Standard Webhooks library.
    pub(crate) fn is_signed_with(&self, secret: &str) -> bool {
        let mut headers = reqwest::header::HeaderMap::new();
        for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
            headers.insert(name, self.headers[name].parse().unwrap());
        }
        let webhook = Webhook::new(secret).unwrap();
        webhook.verify(&self.raw, &headers).is_ok()
    }
}
