//! HTTP over TLS.

use super::{create_token, revoke_token};
use crate::helpers::{data, eventually, stderr};
use detente_tests::product::{Process, Product, TIMEOUT, run};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use reqwest::{Certificate, Client};
use std::net::TcpStream;
use std::path::{Path, PathBuf};

/// The files of a certificate authority and of a server that it certifies.
struct Files {
    ca: PathBuf,
    cert: PathBuf,
    key: PathBuf,
}

fn files(directory: &Path) -> Files {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let params = CertificateParams::new(names).unwrap();
    let cert = params.signed_by(&key, &authority).unwrap();
    let written = |name: &str, text: &str| {
        let path = directory.join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    Files {
        ca: written("ca.pem", &authority.pem()),
        cert: written("cert.pem", &cert.pem()),
        key: written("key.pem", &key.serialize_pem()),
    }
}

fn shown(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_answers_over_tls_to_clients_that_trust_it() {
    let directory = tempfile::tempdir().unwrap();
    let Files { ca, cert, key } = files(directory.path());
    let tls = [
        "--demo",
        "--tls-cert",
        shown(&cert),
        "--tls-key",
        shown(&key),
    ];
    let product = Product::up(&directory.path().join("data"), &tls);
    assert!(
        product.http.starts_with("https://127.0.0.1:"),
        "{}",
        product.http
    );

    // A silent connection does not delay others.
    let address = product.http.strip_prefix("https://").unwrap();
    let silent: Vec<TcpStream> = (0..20)
        .map(|_| TcpStream::connect(address).unwrap())
        .collect();
    let ask = ["state", "TJK", "AFG", "-o", "json", "--ca", shown(&ca)];
    let state = data(&product.client(&ask));
    assert_eq!(state["from"], "TJK");
    drop(silent);

    let without_ca = product.client(&["state", "TJK", "AFG"]);
    assert_eq!(without_ca.status.code(), Some(1));
    let note = stderr(&without_ca);
    assert!(note.contains("certificate"), "{note}");
    let plain = Client::new()
        .get(format!("http://{address}/livez"))
        .timeout(TIMEOUT);
    assert!(plain.send().await.is_err());

    let root = Certificate::from_pem(&std::fs::read(&ca).unwrap()).unwrap();
    let client = Client::builder().tls_certs_only([root]).build().unwrap();
    let health = client.get(format!("{}/livez", product.http)).send().await;
    assert_eq!(health.unwrap().status(), 200);

    let made = create_token(&product.nats, "desk", "reader");
    let watch = ["watch", "--token", &made.token, "--ca", shown(&ca)];
    let first = ["--from", "start", "--count", "1"];
    let watched = product.client(&[&watch[..], &first].concat());
    assert_eq!(watched.status.code(), Some(0), "{}", stderr(&watched));
    let watch = [&watch[..], &["--server", &product.http]].concat();
    let watch = std::cell::RefCell::new(Process::start(&watch));
    revoke_token(&product.nats, &made);
    eventually("it ends", async || watch.borrow_mut().has_ended()).await;
}

#[test]
fn an_unusable_file_is_reported_before_anything_starts() {
    let directory = tempfile::tempdir().unwrap();
    let Files { ca, cert, key } = files(directory.path());
    let missing = directory.path().join("missing.pem");
    for (cert, key, why) in [
        (&missing, &key, "missing.pem"),
        (&cert, &missing, "missing.pem"),
        (&key, &key, "certificate"),
        (&cert, &cert, "private key"),
        (&ca, &key, "together"),
    ] {
        let args = ["--tls-cert", shown(cert), "--tls-key", shown(key)];
        for command in [&["up"][..], &["serve", "query"]] {
            let refused = run(&[command, &args].concat());
            assert_eq!(refused.status.code(), Some(64), "{}", stderr(&refused));
            assert!(stderr(&refused).contains(why), "{}", stderr(&refused));
        }
    }
    let half = run(&["up", "--tls-cert", shown(&cert)]);
    assert_eq!(half.status.code(), Some(2));
    let server = ["events", "--server", "https://127.0.0.1:9", "--ca"];
    for bad in [&missing, &key] {
        let refused = run(&[&server[..], &[shown(bad)]].concat());
        assert_eq!(refused.status.code(), Some(64), "{}", stderr(&refused));
    }
}
