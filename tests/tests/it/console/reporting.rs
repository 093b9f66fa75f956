//! The form that reports: its kinds, its preview, what it refuses, and that it reports once.

use super::{Browser, confirmed, hidden, location};
use crate::auth::{create_token, wait_for_token};
use crate::helpers::{clash, count, get, reported};
use detente_tests::product::Product;

/// A clash that is filled in as people do.
const CLASH: [(&str, &str); 10] = [
    ("kind", "clash.occurred"),
    ("actors", "Кыргызстан"),
    ("actors", "أوزبكستان"),
    ("actors", ""),
    ("occurred", "2023-05-01"),
    ("details.casualties", "3"),
    ("title.en", "A clash of <border> guards"),
    ("report.publisher", "A wire agency"),
    ("reliability", "B"),
    ("credibility", "2"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_is_chosen_previewed_and_reported_once() {
    let product = Product::temporary(&[]);
    let (browser, before) = (Browser::new(&product), count(&product).await);
    for (word, kind) in [
        ("embass", "mission.opened"),
        ("غارة", "force.used"),
        ("перемирие", "ceasefire.agreed"),
    ] {
        let page = browser.page(&format!("/en/report?q={word}")).await;
        let (_, found) = page.split_once("id=\"found\"").unwrap();
        assert!(
            found.contains(&format!("/en/report?kind={kind}")),
            "{word}: {found}"
        );
    }
    let form = browser.page("/ar/report?kind=clash.occurred").await;
    for part in [
        "name=\"occurred\"",
        "name=\"details.casualties\"",
        "list=\"parties\"",
        "KGZ · Kyrgyzstan",
    ] {
        assert!(form.contains(part), "{part}: {form}");
    }

    let previewed = browser.post("/en/report", &CLASH).await;
    assert_eq!(previewed.status(), 200);
    let page = previewed.text().await.unwrap();
    assert!(page.contains("If you report this"), "{page}");
    assert!(
        page.contains("Kyrgyzstan towards Uzbekistan, security"),
        "{page}"
    );
    assert!(page.contains("A clash of &lt;border&gt; guards"), "{page}");
    assert_eq!(count(&product).await, before, "nothing is stored yet");

    let (id, seen) = (hidden(&page, "id"), hidden(&page, "seen"));
    // What differs from what was seen is shown first.
    let mut other = confirmed(&CLASH, &id, &seen, "report");
    other[4] = ("occurred", "2023-05-02");
    let shown = browser.post("/en/report", &other).await;
    assert_eq!(
        (shown.status().as_u16(), count(&product).await),
        (200, before)
    );

    let report = confirmed(&CLASH, &id, &seen, "report");
    let first = location(&browser.post("/en/report", &report).await);
    let again = location(&browser.post("/en/report", &report).await);
    assert_eq!(first, again);
    assert!(
        first.starts_with(&format!("/en/events/{id}?min_position=")),
        "{first}"
    );
    assert_eq!(count(&product).await, before + 1);
    let page = browser.page(&first).await;
    for part in [
        "A clash of &lt;border&gt; guards",
        "/en/relations/KGZ/UZB",
        "security",
        "A wire agency",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let stored = get(&product, &format!("/v1/events/{id}")).await;
    assert_eq!(stored["details"]["casualties"], 3, "{stored}");
    assert_eq!(
        (&stored["report"]["grade"], &stored["author"]),
        (&"B2".into(), &"local".into())
    );

    // A second report of the same is told of the first.
    let previewed = browser.post("/ru/report", &CLASH).await;
    let page = previewed.text().await.unwrap();
    assert!(
        page.contains(&format!("/ru/events/{id}/reports?report.publisher=")),
        "{page}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_stands_beside_its_field_and_the_input_is_kept() {
    let product = Product::temporary(&[]);
    let (browser, before) = (Browser::new(&product), count(&product).await);
    let wrong = [
        ("kind", "clash.occurred"),
        ("actors", "Kirgistan<i>"),
        ("occurred", "yesterday"),
        ("details.casualties", "many"),
        ("report.url", "javascript:alert(1)"),
        ("step", "report"),
    ];
    for (lang, text) in [
        ("en", "is not an EDTF date"),
        ("ar", "هذا ليس تاريخاً"),
        ("ru", "это не дата"),
    ] {
        let refused = browser.post(&format!("/{lang}/report"), &wrong).await;
        assert_eq!(refused.status(), 422);
        let page = refused.text().await.unwrap();
        assert!(page.contains(text), "{page}");
        for part in [
            "id=\"f-occurred-refused\"",
            "id=\"f-actors-refused\"",
            "id=\"f-title-refused\"",
            "id=\"f-report-publisher-refused\"",
            "id=\"f-report-url-refused\"",
            "value=\"yesterday\"",
            "value=\"Kirgistan&lt;i&gt;\"",
            "value=\"many\"",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert!(
            !page.contains("<i>") && !page.contains("href=\"javascript"),
            "{page}"
        );
    }
    assert_eq!(count(&product).await, before);
    let unknown = browser
        .get("/en/events/0190f0f0-0000-7000-8000-000000000009")
        .await;
    assert_eq!(unknown.status(), 404);
    assert_eq!(browser.get("/en/events/nonsense").await.status(), 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_role_has_its_forms() {
    let product = Product::temporary(&[]);
    let (id, _) = reported(&product, &clash(1)).await;
    let [reader, reporter, editor] =
        ["reader", "reporter", "editor"].map(|role| create_token(&product.nats, role, role));
    wait_for_token(&product, &editor).await;
    let page = format!("/en/events/{id}");
    let amend = format!("{page}/disputes");
    for (made, reports, amends) in [
        (&reader, 403, 403),
        (&reporter, 200, 403),
        (&editor, 200, 200),
    ] {
        let browser = Browser::signed_in(&product, made).await;
        assert_eq!(browser.get("/en/report").await.status(), reports);
        assert_eq!(browser.post("/en/report", &CLASH).await.status(), reports);
        assert_eq!(browser.get(&amend).await.status(), amends);
        let posted = browser
            .post(&amend, &[("report.publisher", "A paper")])
            .await;
        assert_eq!(posted.status(), amends);
        let shown = browser.page(&page).await;
        assert_eq!(shown.contains(&amend), amends == 200, "{shown}");
    }
    let as_reporter = Browser::signed_in(&product, &reporter).await;
    let page = as_reporter
        .post("/en/report", &CLASH)
        .await
        .text()
        .await
        .unwrap();
    let (id, seen) = (hidden(&page, "id"), hidden(&page, "seen"));
    let report = confirmed(&CLASH, &id, &seen, "report");
    let stored = location(&as_reporter.post("/en/report", &report).await);
    let page = as_reporter.page(&stored).await;
    assert!(
        page.contains("<bdi>reporter</bdi>"),
        "the author is the caller: {page}"
    );
}
