//! The password of the server: made once, kept, and in files that nobody else can read.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use detente_jetstream::Connection;
use detente_jetstream::connect::{ConnectError, Options as ConnectOptions};
use detente_nats_server::{
    Access, Admission, LocalServer, LocalServerError, Options, PASSWORD_FILE, Password, running,
};
use detente_testkit::nats::{binary, in_time, start};

async fn guarded(dir: &Path, random: u8) -> Result<LocalServer, LocalServerError> {
    let admission = Admission::Password(Password::new([random; 32]));
    LocalServer::start(Options::new(binary().await, dir, admission)).await
}

async fn connected(url: &str) -> Result<Connection, ConnectError> {
    in_time(Connection::open(&ConnectOptions::new(url, "test"))).await
}

fn mode(path: &Path) -> u32 {
    let metadata = fs::metadata(path).expect("a file");
    metadata.permissions().mode() & 0o777
}

#[tokio::test]
async fn an_old_directory_gets_a_password_that_is_kept_and_needed() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let data = dir.path().join("nats");
    let open = start(&data).await;
    connected(open.url()).await.expect("no password");
    assert!(running(&data).expect("it runs").password().is_none());
    in_time(open.stop()).await;
    let config = data.join("nats-server.conf");
    fs::set_permissions(&config, fs::Permissions::from_mode(0o644)).expect("as of old");
    fs::write(data.join("password.part"), "half").expect("as of an interrupted start");

    let first = guarded(&data, 1).await.expect("a server");
    let refused = connected(first.url()).await;
    assert!(
        matches!(refused, Err(ConnectError::Refused { .. })),
        "{refused:?}"
    );
    connected(&first.access().url()).await.expect("a password");
    assert_eq!(mode(&data), 0o700);
    assert_eq!(mode(&config), 0o600);
    assert_eq!(mode(&data.join(PASSWORD_FILE)), 0o600);
    let kept = first.access().password().cloned().expect("a password");
    in_time(first.stop()).await;
    assert!(running(&data).is_none());

    let second = guarded(&data, 2).await.expect("a server");
    let found = running(&data).expect("it runs");
    assert_eq!(found.password(), Some(&kept));
    assert_eq!(second.access().url(), found.url());
    connected(&found.url()).await.expect("the same password");
    in_time(second.stop()).await;

    // An open server ignores the password that is kept.
    let open = start(&data).await;
    let access: Access = running(&data).expect("it runs");
    connected(&access.url()).await.expect("open");
    connected(open.url()).await.expect("open");
}

#[tokio::test]
async fn a_file_without_a_password_is_named() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    in_time(start(dir.path()).await.stop()).await;
    fs::write(dir.path().join(PASSWORD_FILE), "").expect("a file");
    let refused = guarded(dir.path(), 1).await.expect_err("a refusal");
    assert!(
        matches!(refused, LocalServerError::Password { .. }),
        "{refused}"
    );
}

#[test]
fn a_password_is_not_shown() {
    let password = Password::new([7; 32]);
    let shown = format!("{:?}", Admission::Password(password.clone()));
    assert!(!shown.contains(password.reveal()), "{shown}");
}
