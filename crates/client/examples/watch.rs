//! Prints changes as they come: `cargo run -p detente-client --example watch TJK`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program")]

use detente_client::request::FilterRequest;
use detente_client::{Client, Error, Place, StreamExt as _, WatchEvent};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let client = Client::builder("http://127.0.0.1:1648").build()?;
    let filter = FilterRequest {
        country: std::env::args().skip(1).collect(),
        ..FilterRequest::default()
    };
    let mut watch = client.watch(&filter, Place::Start);
    while let Some(event) = watch.next().await {
        match event? {
            WatchEvent::Changes(frame) => {
                for change in &frame.changes {
                    let (dimension, from, to) = (&change.dimension, &change.from, &change.to);
                    println!(
                        "{} {} {dimension}: {from} -> {to}",
                        change.day, frame.relation
                    );
                }
            }
            WatchEvent::Switched(switched) => eprintln!("rulebook {}", switched.projection),
            WatchEvent::Lost(lost) => eprintln!("{}", lost.message),
            WatchEvent::Disconnected(error) => eprintln!("reconnecting: {error}"),
        }
    }
    Ok(())
}
