//! Servers that describe themselves as a test wants.

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// Starts a NATS server that sends this `INFO` and answers pings. Returns its address.
pub(super) async fn nats_server(info: &Value) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("nats://{}", listener.local_addr().unwrap());
    let mut info = info.clone();
    let (server, host) = ("fake".into(), "127.0.0.1".into());
    for (field, value) in [
        ("server_id", server),
        ("host", host),
        ("headers", true.into()),
        ("proto", 1.into()),
    ] {
        info[field] = value;
    }
    let greeting = format!("INFO {info}\r\n");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(pong(stream, greeting.clone()));
        }
    });
    address
}

async fn pong(stream: TcpStream, greeting: String) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(greeting.as_bytes()).await?;
    let mut line = String::new();
    while stream.read_line(&mut line).await? > 0 {
        if line.starts_with("PING") {
            stream.write_all(b"PONG\r\n").await?;
        }
        line.clear();
    }
    Ok(())
}

/// A server over HTTP.
#[derive(Clone)]
pub(super) struct Http {
    /// The status of `/readyz`.
    pub(super) status: u16,
    /// The header `Date`.
    pub(super) date: Option<&'static str>,
    /// The body of `/readyz`.
    pub(super) health: Value,
    /// The body of `/v1/rulebook`.
    pub(super) rulebook: Value,
}

impl Http {
    /// Starts it, and returns its address.
    pub(super) async fn serve(self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(self.clone().answer(stream));
            }
        });
        address
    }

    /// Answers one request, and closes the connection.
    async fn answer(self, stream: TcpStream) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        let (mut request, mut line) = (String::new(), String::new());
        stream.read_line(&mut request).await?;
        while stream.read_line(&mut line).await? > 2 {
            line.clear();
        }
        let (status, body) = if request.starts_with("GET /readyz ") {
            (self.status, self.health.to_string())
        } else {
            (200, self.rulebook.to_string())
        };
        let date = self.date.map(|date| format!("date: {date}\r\n"));
        let head = format!(
            "HTTP/1.1 {status} \r\n{}content-type: application/json\r\nconnection: close\r\n\
             content-length: {}\r\n\r\n",
            date.unwrap_or_default(),
            body.len()
        );
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(body.as_bytes()).await?;
        stream.flush().await
    }
}
