//! Choosing codings, and decoding bodies.

use async_compression::tokio::write::{GzipEncoder, ZstdEncoder};
use axum::Router;
use axum::middleware::from_fn;
use axum::routing::post;
use tokio::io::AsyncWriteExt as _;
use tower::ServiceExt as _;

use super::*;

fn headers(name: HeaderName, value: &str) -> HeaderMap {
    HeaderMap::from_iter([(name, value.parse().unwrap())])
}

#[test]
fn the_coding_of_highest_quality_is_chosen_and_none_only_if_all_are_excluded() {
    for (accept, coding) in [
        ("", Some(IDENTITY)),
        ("br", Some(IDENTITY)),
        ("br, deflate;q=0.5", Some(IDENTITY)),
        ("gzip", Some("gzip")),
        ("X-GZIP", Some("gzip")),
        ("gzip, deflate, br, zstd", Some("zstd")),
        ("gzip;q=0.9, zstd;q=0.8", Some("gzip")),
        ("gzip;q=0.001", Some("gzip")),
        ("gzip;q=0", Some(IDENTITY)),
        ("*", Some("zstd")),
        ("*;q=0.1, zstd;q=0", Some("gzip")),
        ("identity, *;q=0", Some(IDENTITY)),
        ("gzip; Q=0.5, *;q=0", Some("gzip")),
        ("br, identity;q=0", None),
        ("identity;q=0.000", None),
        ("*;q=0", None),
        ("br, *;q=0", None),
    ] {
        let headers = headers(header::ACCEPT_ENCODING, accept);
        assert_eq!(chosen(&headers), coding, "{accept:?}");
    }
}

#[test]
fn a_body_has_at_most_one_coding_that_is_known() {
    for (sent, coding) in [
        ("", None),
        ("identity", None),
        ("gzip", Some(Coding::Gzip)),
        ("x-gzip", Some(Coding::Gzip)),
        ("ZSTD, identity", Some(Coding::Zstd)),
    ] {
        let headers = headers(header::CONTENT_ENCODING, sent);
        assert_eq!(Coding::of(&headers), Ok(coding), "{sent:?}");
    }
    for sent in ["br", "deflate", "gzip, gzip", "gzip, zstd", "aes128gcm"] {
        let headers = headers(header::CONTENT_ENCODING, sent);
        let refusal = Coding::of(&headers).unwrap_err();
        assert_eq!(refusal.code, Code::BadContentEncoding, "{sent}");
        assert_eq!(refusal.allowed, OFFERED, "{sent}");
    }
}

async fn encoded(coding: Coding, text: &[u8]) -> Vec<u8> {
    match coding {
        Coding::Gzip => {
            let mut encoder = GzipEncoder::new(Vec::new());
            encoder.write_all(text).await.unwrap();
            encoder.shutdown().await.unwrap();
            encoder.into_inner()
        }
        Coding::Zstd => {
            let mut encoder = ZstdEncoder::new(Vec::new());
            encoder.write_all(text).await.unwrap();
            encoder.shutdown().await.unwrap();
            encoder.into_inner()
        }
    }
}

async fn read(coding: Coding, bytes: Vec<u8>, max: usize) -> Result<Vec<u8>, Code> {
    let too_large = || Refusal::new(Code::BodyTooLarge, "too large");
    let read = read_body(coding.decode(Body::from(bytes)), max, too_large);
    read.await.map_err(|refusal| refusal.code)
}

#[tokio::test]
async fn a_body_is_decoded_whole_within_its_limit() {
    for coding in [Coding::Gzip, Coding::Zstd] {
        let first = encoded(coding, b"first, ").await;
        let both = [first, encoded(coding, b"second").await].concat();
        let text = b"first, second".to_vec();
        let length = text.len();
        assert_eq!(read(coding, both.clone(), length).await, Ok(text));
        assert_eq!(
            read(coding, both, length - 1).await,
            Err(Code::BodyTooLarge)
        );
        let bomb = encoded(coding, &vec![b' '; 4 << 20]).await;
        assert!(bomb.len() < 16 << 10, "{}", bomb.len());
        assert_eq!(read(coding, bomb, 1 << 20).await, Err(Code::BodyTooLarge));
    }
}

#[tokio::test]
async fn a_body_that_is_not_in_its_coding_is_refused() {
    for coding in [Coding::Gzip, Coding::Zstd] {
        let whole = encoded(coding, b"a text that is long enough").await;
        let cut = whole[..whole.len() - 6].to_vec();
        let followed = [&whole[..], b"{}"].concat();
        for bytes in [cut, followed, b"{\"kind\": 7}".to_vec()] {
            let read = read(coding, bytes.clone(), 1 << 10).await;
            assert_eq!(read, Err(Code::BadContentEncoding), "{coding:?} {bytes:?}");
        }
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_on_the_way_is_not_taken_for_a_wrong_coding() {
    let broken = futures_util::stream::iter([Err::<Vec<u8>, _>(io::Error::other("cut"))]);
    let too_large = || Refusal::new(Code::BodyTooLarge, "too large");
    let body = Coding::Gzip.decode(Body::from_stream(broken));
    let refusal = read_body(body, 1 << 10, too_large).await.unwrap_err();
    assert_eq!(refusal.code, Code::BadJson);
}

#[tokio::test]
async fn no_more_is_decoded_than_a_body_may_have() {
    for coding in [Coding::Gzip, Coding::Zstd] {
        let bomb = encoded(coding, &vec![b' '; 2 * limits::BODY_BYTES]).await;
        let decoded = read(coding, bomb, usize::MAX).await.unwrap();
        assert_eq!(decoded.len(), limits::BODY_BYTES + 1, "{coding:?}");
        let whole = encoded(coding, &vec![b' '; limits::BODY_BYTES]).await;
        let decoded = read(coding, whole, limits::BODY_BYTES).await.unwrap();
        assert_eq!(decoded.len(), limits::BODY_BYTES, "{coding:?}");
    }
}

#[tokio::test]
async fn the_connection_is_closed_after_an_encoded_body_that_is_too_large() {
    let handler = async |body: Body| {
        let too_large = || Refusal::new(Code::BodyTooLarge, "too large");
        match read_body(body, 1 << 10, too_large).await {
            Ok(_) => StatusCode::OK,
            Err(_) => StatusCode::PAYLOAD_TOO_LARGE,
        }
    };
    let router = Router::new().route("/", post(handler));
    let router: Router = router.layer(from_fn(decode));
    for (length, connection) in [(1 << 10, None), (1 << 20, Some("close"))] {
        let bytes = encoded(Coding::Gzip, &vec![b' '; length]).await;
        let request = Request::post("/").header(header::CONTENT_ENCODING, "gzip");
        let request = request.body(Body::from(bytes)).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        let told = response.headers().get(header::CONNECTION);
        let told = told.map(|told| told.to_str().unwrap());
        assert_eq!(told, connection, "{length}");
    }
}
