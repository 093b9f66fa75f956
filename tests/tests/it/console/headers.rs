//! What every page and picture says about itself: nothing is guessed, and nothing is loaded, run or
//! framed from elsewhere.

use super::Browser;
use crate::helpers::{event, reported};
use detente_tests::product::Product;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_and_picture_has_a_policy_and_its_media_type_is_not_guessed() {
    let product = Product::temporary(&[]);
    let visit = event("visit.made", &["TJK"], &["AFG"], "2023-05-01");
    let (id, position) = reported(&product, &visit).await;
    let browser = Browser::new(&product);
    let follows = format!("/v1/relations/TJK/AFG?min_position={position}");
    assert_eq!(browser.get(&follows).await.status(), 200);
    let pages = [
        "",
        "map",
        "changes",
        "events",
        "report",
        "methodology",
        "sources",
        "sign-in",
        "countries/TJK",
        "briefs/TJK",
        "relations/TJK/AFG",
        "relations/TJK/AFG/diff",
        "relations/TJK/AFG/brief",
        "relations/TJK/AFG/why/political",
        "nowhere",
    ];
    let pages = pages.map(str::to_owned).into_iter();
    let of_event = ["", "/correct"].map(|page| format!("events/{id}{page}"));
    let pages: Vec<String> = pages.chain(of_event).collect();
    let pictures = [
        "board.svg",
        "map.svg",
        "relations/TJK/AFG/timeline.svg",
        "relations/TJK/AFG/course.svg",
        "relations/TJK/AFG/why/political/why.svg",
    ];
    for lang in ["en", "ar", "ru"] {
        for page in &pages {
            let sources = [
                "script-src 'self'",
                "frame-ancestors 'none'",
                "base-uri 'none'",
            ];
            assert_guarded(&browser, &format!("/{lang}/{page}"), "text/html", &sources).await;
        }
        for picture in pictures {
            assert_guarded(
                &browser,
                &format!("/{lang}/{picture}"),
                "image/svg+xml",
                &[],
            )
            .await;
        }
    }
}

/// Checks the headers of an answer: its media type, and a policy with these parts that loads nothing
/// by default and runs nothing inline.
async fn assert_guarded(browser: &Browser, path: &str, media_type: &str, parts: &[&str]) {
    let response = browser.get(path).await;
    let header = |name: &str| {
        let value = response.headers().get(name);
        value.map_or("", |value| value.to_str().unwrap())
    };
    assert!(
        header("content-type").starts_with(media_type),
        "{path}: {response:?}"
    );
    assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
    let policy = header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
    // A picture has its styles in it.
    let is_picture = media_type == "image/svg+xml";
    let further = policy.replace("style-src 'unsafe-inline'", "");
    let may_run = further.contains("unsafe") || (is_picture && further.contains("script"));
    assert!(
        !may_run && (is_picture || further == policy),
        "{path}: {policy}"
    );
    for part in parts {
        assert!(policy.contains(part), "{path}: {policy}");
    }
}
