//! Texts of others on every page and picture: nothing in them turns or hides what is written.

use super::Browser;
use crate::helpers::{answer, event, get, reported};
use detente_api::text::is_hazard;
use detente_tests::product::Product;
use reqwest::Client;
use serde_json::json;

/// Characters that XML forbids, and such that turn or hide what is written, as a report may have;
/// and markup.
const HAZARDS: &str =
    "\u{202e}\u{2028}\u{fdd0}\u{feff}\u{fff9}\u{ffff}\u{1fffe}\u{e0041}</text></bdi><script>x";

/// Returns true for a hazard that a page may not have: its own breaks and isolates of direction stay.
fn is_foreign(letter: char) -> bool {
    is_hazard(letter) && !matches!(letter, '\n' | '\t' | '\u{2066}'..='\u{2069}')
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_and_no_picture_shows_a_hazard_of_a_text() {
    let product = Product::temporary(&[]);
    let mut hostile = event("mission.opened", &["KAZ"], &["UZB"], "2023-05-05");
    let text = |name: &str| format!("{name}{HAZARDS}");
    hostile["details"] = json!({"mission": "consulate", "host": "UZB", "sender": "KAZ",
                                "city": text("city")});
    hostile["title"] = json!({"en": text("en"), "ar": text("ar"), "ru": text("ru")});
    hostile["place"] = json!(text("place"));
    hostile["report"] = json!({"publisher": text("publisher"), "grade": "A1"});
    let (id, _) = reported(&product, &hostile).await;
    let dispute = json!({"by": "UZB", "claim": text("claim"),
                         "report": {"publisher": text("other"), "grade": "B2"}});
    let url = format!("{}/v1/events/{id}/disputes", product.http);
    let disputed = answer(Client::new().post(url).json(&dispute)).await;
    assert_eq!(disputed.status, 201, "{}", disputed.body);
    let position = &disputed.body["accepted"][0]["position"];
    get(&product, &format!("/v1/events?min_position={position}")).await;

    let relation = "relations/KAZ/UZB";
    let pages = [
        "?toward=UZB",
        "board.svg?toward=UZB",
        "map?toward=UZB",
        "map.svg?toward=UZB",
        "changes",
        "countries/UZB",
        "briefs/UZB",
        relation,
        &format!("{relation}/timeline.svg"),
        &format!("{relation}/course.svg"),
        &format!("{relation}/why/representation"),
        &format!("{relation}/why/political"),
        &format!("{relation}/why/representation/why.svg"),
        &format!("{relation}/diff?from=2023-01-01&to=2023-06-01"),
        &format!("{relation}/brief"),
        "events",
        &format!("events/{id}"),
        &format!("events/{id}/dispute"),
        "report",
        "sources",
        "methodology",
        "sign-in",
        &format!("nowhere{HAZARDS}"),
    ];
    let browser = Browser::new(&product);
    for lang in ["en", "ar", "ru"] {
        for page in pages {
            let path = format!("/{lang}/{page}");
            let response = browser.get(&path).await;
            let shown = response.text().await.unwrap();
            let found: Vec<char> = shown.chars().filter(|letter| is_foreign(*letter)).collect();
            assert!(found.is_empty(), "{path}: {found:?}");
            assert!(!shown.contains("<script>x"), "{path}");
            let is_picture = page.contains(".svg");
            assert_eq!(is_picture, !shown.contains("<html"), "{path}");
        }
    }
    let shown = browser.get(&format!("/en/events/{id}")).await;
    let shown = shown.text().await.unwrap();
    assert!(
        shown.contains("en\u{fffd}"),
        "the test shows texts of the report"
    );
}
