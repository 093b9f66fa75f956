//! The forms that amend an event.

use super::{Browser, confirmed, hidden, location};
use crate::helpers::{clash, get_event, reported};
use detente_tests::product::Product;
use serde_json::Value;

/// Sends a form, sees what it would record, confirms it twice, and returns the event after.
async fn amended(
    product: &Product,
    event: &str,
    segment: &str,
    fields: &[(&str, &str)],
) -> (Value, String) {
    let browser = Browser::new(product);
    let path = format!("/en/events/{event}/{segment}");
    let shown = browser.post(&path, fields).await;
    assert_eq!(shown.status(), 200, "{segment}");
    let page = shown.text().await.unwrap();
    assert!(page.contains("This will be recorded"), "{page}");
    let (id, seen) = (hidden(&page, "id"), hidden(&page, "seen"));
    let confirm = confirmed(fields, &id, &seen, "confirm");
    let first = location(&browser.post(&path, &confirm).await);
    let again = location(&browser.post(&path, &confirm).await);
    assert_eq!(first, again, "it is recorded once");
    let (_, position) = first.split_once("?min_position=").unwrap();
    let view = get_event(product, event, position.parse().unwrap()).await;
    (view, browser.page(&first).await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_is_amended_by_forms_that_are_confirmed() {
    let product = Product::temporary(&[]);
    let (id, _) = reported(&product, &clash(1)).await;
    let (other, _) = reported(&product, &clash(2)).await;
    let source = [
        ("report.publisher", "A second agency"),
        ("reliability", "A"),
        ("credibility", "1"),
    ];
    let with = |more: &[(&'static str, &'static str)]| [&source[..], more].concat();

    let (view, page) = amended(&product, &id, "reports", &source).await;
    assert_eq!(view["reports"][0]["report"]["grade"], "A1", "{view}");
    assert!(page.contains("A second agency"), "{page}");

    // A correction has what is new, and only that.
    let browser = Browser::new(&product);
    let form = browser.page(&format!("/en/events/{id}/corrections")).await;
    assert!(
        form.contains("value=\"Kyrgyzstan\"") && form.contains("value=\"2023-05-01\""),
        "{form}"
    );
    let correction = with(&[
        ("kind", "clash.occurred"),
        ("actors", "Kyrgyzstan"),
        ("actors", "Uzbekistan"),
        ("occurred", "2023-05-03"),
        ("title.en", "Something that happened"),
    ]);
    let (view, page) = amended(&product, &id, "corrections", &correction).await;
    let patch = &view["corrections"][0]["patch"];
    assert_eq!(*patch, serde_json::json!({"occurred": "2023-05-03"}));
    assert_eq!(view["occurred"], "2023-05-03");
    assert!(page.contains("One correction is in effect"), "{page}");
    let same = browser
        .post(&format!("/en/events/{id}/corrections"), &correction)
        .await;
    assert_eq!(same.status(), 422, "nothing differs now");

    let denial = with(&[("by", "أوزبكستان"), ("claim", "It did <b>not</b> happen")]);
    let (view, page) = amended(&product, &id, "disputes", &denial).await;
    assert_eq!(
        (&view["disputed"], &view["disputes"][0]["by"]),
        (&true.into(), &"UZB".into())
    );
    assert!(
        page.contains("It did &lt;b&gt;not&lt;/b&gt; happen"),
        "{page}"
    );

    // The denial itself is taken back, and then the event.
    let dispute = view["disputes"][0]["id"].as_str().unwrap().to_owned();
    let back = [("record", dispute.as_str()), ("reason", "A misreading")];
    let (view, _) = amended(&product, &id, "retraction", &back).await;
    assert_eq!(
        (&view["disputed"], &view["retracted"]),
        (&false.into(), &Value::Null)
    );

    let address = format!("{}/en/events/{other}", product.http);
    let (view, page) = amended(&product, &id, "links", &[("other", &address)]).await;
    assert!(view["same_as"].to_string().contains(&other), "{view}");
    assert!(page.contains(&format!("/en/events/{other}")), "{page}");

    let (view, page) = amended(&product, &id, "retraction", &[("reason", "Invented")]).await;
    assert_eq!(view["retracted"]["reason"], "Invented");
    assert!(
        page.contains("Retracted") && page.contains("Invented"),
        "{page}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_amendment_without_what_it_needs_is_refused_at_its_field() {
    let product = Product::temporary(&[]);
    let (id, _) = reported(&product, &clash(1)).await;
    let browser = Browser::new(&product);
    for (segment, fields, refused) in [
        ("retraction", &[("step", "confirm")][..], "f-reason-refused"),
        ("disputes", &[("claim", "No")], "f-report-publisher-refused"),
        ("links", &[("other", "nonsense")], "f-other-refused"),
        (
            "corrections",
            &[("report.publisher", "A paper")],
            "f-occurred-refused",
        ),
    ] {
        let answer = browser
            .post(&format!("/en/events/{id}/{segment}"), fields)
            .await;
        assert_eq!(answer.status(), 422, "{segment}");
        let page = answer.text().await.unwrap();
        assert!(
            page.contains(&format!("id=\"{refused}\"")),
            "{segment}: {page}"
        );
    }
    assert_eq!(
        browser
            .get(&format!("/en/events/{id}/nonsense"))
            .await
            .status(),
        404
    );
    let view = get_event(&product, &id, 0).await;
    assert!(
        view["retracted"].is_null() && view["disputed"] == false,
        "{view}"
    );
}
