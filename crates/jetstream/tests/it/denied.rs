//! A user that may read the change feed and not write it.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use detente_jetstream::Connection;
use detente_jetstream::connect::Options;
use detente_jetstream::feed_writer::{FeedWriter, FeedWriterError, Outgoing};
use detente_jetstream::topology::{Replicas, ensure_changes};
use detente_testkit::nats::{self, in_time};

use crate::support::projection;

/// A server, which ends with this value.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn a_message_that_is_denied_is_refused_with_the_permission() {
    let dir = tempfile::tempdir().expect("a directory");
    let free = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = free.local_addr().expect("an address");
    drop(free);
    let config = dir.path().join("nats.conf");
    let text = format!(
        "listen: \"{address}\"\n\
         jetstream {{ store_dir: \"{}\" }}\n\
         authorization {{ users: [{{ user: a, password: b, permissions: {{\n\
         publish: {{ deny: \"detente.changes.>\" }} }} }}] }}\n",
        dir.path().display(),
    );
    std::fs::write(&config, text).expect("a file");
    let mut command = Command::new(&nats::binary().await.path);
    let command = command.arg("-c").arg(&config).stderr(Stdio::null());
    let _server = Server(command.spawn().expect("a server"));

    let options = Options::new(format!("nats://a:b@{address}"), "test");
    let connection = Connection::open(&options).await.expect("a connection");
    let feed = projection("p");
    let ensured = ensure_changes(&connection, &feed, Replicas::One).await;
    ensured.expect("a feed");
    let opened = FeedWriter::open(&connection, &feed).await;
    let (mut writer, _) = opened.expect("a writer");
    let message = Outgoing {
        subject_suffix: "AFG.KAZ".to_owned(),
        headers: Vec::new(),
        payload: "{}".into(),
    };
    for count in [1, 20] {
        let refused = in_time(writer.publish(vec![message.clone(); count])).await;
        let Err(FeedWriterError::Refused { landed: 0, reason }) = refused else {
            panic!("{refused:?}");
        };
        assert!(reason.contains("Permissions Violation"), "{reason}");
        let opened = FeedWriter::open(&connection, &feed).await;
        (writer, _) = opened.expect("a writer");
    }
}
