//! Prints the changes of a country as they come: `cargo run -p detente-client --example watch TJK`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program")]

use detente_client::{Client, Error, Filter, Place, StreamExt as _, Watched};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let client = Client::builder("http://127.0.0.1:1648").build()?;
    let filter = std::env::args()
        .skip(1)
        .fold(Filter::all(), Filter::country);
    let mut watch = client.watch(&filter, Place::Start);
    while let Some(watched) = watch.next().await {
        match watched? {
            Watched::Changes(frame) => {
                for change in &frame.changes {
                    let (what, from, to) = (&change.dimension, &change.from, &change.to);
                    println!("{} {} {what}: {from} -> {to}", change.day, frame.relation);
                }
            }
            Watched::Switched(switched) => eprintln!("by rulebook {}", switched.projection),
            Watched::Cut(why) => eprintln!("{why}; coming again"),
        }
    }
    Ok(())
}
