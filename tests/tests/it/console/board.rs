//! What the board begins with, which rows it has, and the board as a table.

use super::Browser;
use crate::helpers::{event, reported};
use detente_tests::product::Product;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_board_begins_with_the_state_that_acts_with_the_most_itself() {
    let product = Product::temporary(&[]);
    // An organisation acts for each of its members, so Iran has far more relations.
    let rebuke = event("statement.critical", &["UN"], &["IRN"], "2023-05-01");
    let visits = [["TJK", "AFG"], ["UZB", "AFG"]];
    let visits = visits.map(|[from, to]| event("visit.made", &[from], &[to], "2023-05-01"));
    let mut position = 0;
    for event in [rebuke].iter().chain(&visits) {
        (_, position) = reported(&product, event).await;
    }
    let browser = Browser::new(&product);
    let follows = format!("/v1/relations/UZB/AFG?min_position={position}");
    assert_eq!(browser.get(&follows).await.status(), 200);
    for page in ["/en/", "/en/map"] {
        let page = browser.page(page).await;
        assert!(page.contains("<option value=\"AFG\" selected>"));
    }
    // Nothing was known of either then; rows that are asked for are there nevertheless.
    let row = "relations/TJK/AFG";
    let shown = async |query: &str| browser.page(&format!("/en/?toward=AFG{query}")).await;
    let board = shown("").await;
    assert!(board.contains(row) && board.contains("sources: A wire agency"));
    assert!(!shown("&at=1990-01-01").await.contains(row));
    assert!(shown("&at=1990-01-01&of=TJK").await.contains(row));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_board_is_a_table_with_a_row_for_each_level() {
    let product = Product::temporary(&[]);
    let visit = event("visit.made", &["TJK"], &["AFG"], "2023-05-01");
    let (_, position) = reported(&product, &visit).await;
    let browser = Browser::new(&product);
    let table = format!("/en/board.csv?toward=AFG&at=2023-05-02&min_position={position}");
    let response = browser.get(&table).await;
    assert_eq!(
        response.headers()["content-type"],
        "text/csv; charset=utf-8; header=present"
    );
    let text = response.text().await.unwrap();
    let rows = text.lines().skip(1);
    let rows: Vec<Vec<&str>> = rows.map(|row| row.split(',').collect()).collect();
    assert_eq!(rows.len(), 10);
    let political = rows.iter().find(|row| row[4] == "political").unwrap();
    let known_at = position.to_string();
    let expected = ["TJK", "AFG", "2023-05-02", &*known_at, "political"];
    assert_eq!(political[..5], expected);
    let path = format!("/v1/relations/TJK/AFG?at=2023-05-02&known_at={position}");
    let view: serde_json::Value = browser.get(&path).await.json().await.unwrap();
    assert_eq!(political[5], view["political"]["level"].as_str().unwrap());
    assert_eq!(political[6], view["political"]["index"].to_string());
}
