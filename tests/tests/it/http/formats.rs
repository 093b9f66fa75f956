//! The formats of an answer, and conditional reads.

use super::{get_at, header, send};
use crate::expect::refuses;
use crate::helpers::{answer, data, event, eventually, get, reported, text};
use detente_tests::product::Product;
use serde_json::{Value, json};

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Characters that XML forbids, and such that turn or hide what is written, as a report may have.
const HAZARDS: &str = "\u{202e}\u{2066}\u{2028}\u{fdd0}\u{feff}\u{fff9}\u{ffff}\u{1fffe}\u{e0041}";

/// Starts a server with the demo and an event whose titles need quotes in CSV.
async fn demo() -> Product {
    let product = Product::temporary(&["--demo"]);
    let mut formula = event("visit.made", &["KAZ"], &["UZB"], "2023-05-05");
    formula["title"] = json!({"en": "=1+1", "ar": "زيارة، \"رسمية\""});
    let (_, position) = reported(&product, &formula).await;
    let path = format!("/v1/events?limit=1&min_position={position}");
    get(&product, &path).await;
    product
}

/// Parses CSV as RFC 4180 defines it.
fn table(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {
                assert_eq!(letters.next(), Some('\n'), "a row ends with CR LF");
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            other => cell.push(other),
        }
    }
    assert!(row.is_empty() && cell.is_empty(), "the last row ends too");
    rows
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_is_the_same_in_json_ndjson_and_csv() {
    let product = demo().await;
    for (path, key) in [
        ("/v1/events?limit=9&order=newest", "id"),
        ("/v1/countries?limit=9", "country"),
        ("/v1/relations/TJK/AFG/history?limit=9", "day"),
        ("/v1/relations/TJK/AFG/events?limit=9", "id"),
        ("/v1/relations/TKM/AFG/registers/projects?limit=2", "name"),
        ("/v1/changes?limit=9", "cursor"),
    ] {
        let page = get(&product, path).await;
        let items = page["items"].as_array().unwrap();
        let keys: Vec<&Value> = items.iter().map(|item| &item[key]).collect();

        let lines =
            send(get_at(&product.http, path).header("accept", "application/x-ndjson")).await;
        assert_eq!(header(&lines, "content-type"), "application/x-ndjson");
        let link = format!("from={}>; rel=\"next\"", text(&page["next"]));
        let sent = header(&lines, "link");
        assert!(sent.ends_with(&link), "{sent}");
        let lines = lines.text().await.unwrap();
        let read: Vec<Value> = lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(&read, items, "{path}");

        let csv = send(get_at(&product.http, path).header("accept", "text/csv")).await;
        assert!(header(&csv, "content-type").starts_with("text/csv; charset=utf-8"));
        assert_eq!(header(&csv, "vary"), "accept");
        let rows = table(&csv.text().await.unwrap());
        let column = rows[0].iter().position(|name| name == key).unwrap();
        let mut column: Vec<&String> = rows[1..].iter().map(|row| &row[column]).collect();
        column.dedup();
        let mut keys: Vec<String> = keys.into_iter().map(text).collect();
        keys.dedup();
        assert_eq!(column, keys.iter().collect::<Vec<_>>(), "{path}");
        assert!(rows.iter().all(|row| row.len() == rows[0].len()), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn csv_opens_in_a_spreadsheet_with_arabic_intact_and_no_formula() {
    let product = demo().await;
    let path = "/v1/events?order=newest&limit=1&format=csv";
    let plain = send(get_at(&product.http, path)).await;
    let plain = plain.bytes().await.unwrap();
    assert!(!plain.starts_with(BOM));
    let marked = send(get_at(&product.http, &format!("{path}&bom=true"))).await;
    let marked = marked.bytes().await.unwrap();
    assert_eq!(marked.strip_prefix(BOM), Some(&*plain));
    let rows = table(std::str::from_utf8(&plain).unwrap());
    let cell = |name: &str| {
        let column = rows[0].iter().position(|header| header == name).unwrap();
        rows[1][column].as_str()
    };
    assert_eq!(cell("title_ar"), "زيارة، \"رسمية\"");
    assert_eq!(cell("title_en"), "'=1+1");
    assert_eq!(cell("actors"), "KAZ");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_brief_is_markdown_with_links_to_the_reasons() {
    let product = demo().await;
    for (path, title) in [
        (
            "/v1/relations/TJK/AFG?at=2023-04-18",
            "# Tajikistan towards Afghanistan\n",
        ),
        (
            "/v1/relations/TJK/AFG?at=2023-04-18&lang=ar",
            "# طاجيكستان تجاه أفغانستان\n",
        ),
        (
            "/v1/relations/TJK/AFG?at=2023-04-18&lang=ru",
            "# Таджикистан → Афганистан\n",
        ),
        ("/v1/countries/KAZ?at=2023-04-18", "# Kazakhstan\n"),
        ("/v1/countries/KAZ?at=2023-04-18&lang=ar", "# كازاخستان\n"),
    ] {
        let brief = send(get_at(&product.http, path).header("accept", "text/markdown")).await;
        assert_eq!(
            header(&brief, "content-type"),
            "text/markdown; charset=utf-8"
        );
        let page = brief.text().await.unwrap();
        assert!(page.starts_with(title), "{page}");
        let links = page
            .split("](")
            .skip(1)
            .map(|rest| rest.split(')').next().unwrap());
        let links: Vec<&str> = links.collect();
        assert!(links.len() > 5, "{page}");
        for link in links {
            let status = send(get_at(&product.http, link)).await.status();
            assert_eq!(status, 200, "{link}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_format_is_refused_with_the_known_ones() {
    let product = demo().await;
    for (path, accept, allowed) in [
        ("/v1/events", "text/html", "text/csv"),
        ("/v1/relations/TJK/AFG", "text/csv", "text/markdown"),
        ("/v1/countries/KAZ", "application/json;q=0", "text/markdown"),
        ("/v1/rulebook", "text/csv", "application/toml"),
        ("/v1/changes", "text/markdown", "text/event-stream"),
    ] {
        let request = get_at(&product.http, path).header("accept", accept);
        let expected = refuses(406, "not_acceptable").allowing(allowed);
        expected.assert_answers(path, &answer(request).await);
    }
    for path in ["/v1/events?format=xlsx", "/v1/events?format=csv&bom=maybe"] {
        let answer = answer(get_at(&product.http, path)).await;
        refuses(400, "bad_query").assert_answers(path, &answer);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_view_that_the_client_has_is_not_sent_until_it_changes() {
    let product = demo().await;
    let tag = async |path: &str, name: &str| {
        let request = get_at(&product.http, path).header("if-none-match", name);
        let response = send(request).await;
        let tag = header(&response, "etag").to_owned();
        (
            response.status().as_u16(),
            tag,
            response.text().await.unwrap(),
        )
    };
    for path in [
        "/v1/relations/KGZ/TJK?at=2023-05-06",
        "/v1/countries/KGZ?at=2023-05-06",
        "/v1/relations/KGZ/TJK/why/security?at=2023-05-06",
    ] {
        let (status, first, _) = tag(path, "\"other\"").await;
        assert_eq!(status, 200);
        assert!(first.starts_with("W/\""), "{first}");
        let again = tag(path, &format!("\"other\", {first}")).await;
        assert_eq!(again, (304, first.clone(), String::new()), "{path}");
        assert_eq!(tag(path, "*").await.0, 304);
        let (_, json, _) = tag(&format!("{path}&format=json"), "").await;
        assert_eq!(json, first);
    }
    let path = "/v1/relations/KGZ/TJK?at=2023-05-06";
    let (_, first, _) = tag(path, "").await;
    let (_, brief, _) = tag(&format!("{path}&format=markdown"), "").await;
    assert_ne!(brief, first, "another format has another tag");

    // Events of other relations leave the view as it is; its own do not.
    let elsewhere = event("visit.made", &["KAZ"], &["TKM"], "2023-05-06");
    let (_, position) = reported(&product, &elsewhere).await;
    let (status, ..) = tag(&format!("{path}&min_position={position}"), &first).await;
    assert_eq!(status, 304);
    let clash = event("clash.occurred", &["KGZ", "TJK"], &[], "2023-05-06");
    let (_, position) = reported(&product, &clash).await;
    let (status, second, _) = tag(&format!("{path}&min_position={position}"), &first).await;
    assert_eq!(status, 200);
    assert_ne!(second, first);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hazardous_characters_reach_programs_and_no_reader() {
    let product = Product::temporary(&[]);
    let hidden = |word: &str| format!("{word}{HAZARDS}\n1");
    let mut closed = event("border.closed", &["LAO"], &["THA"], "2024-01-01");
    closed["details"] = json!({"crossing": hidden("Gate")});
    closed["title"] = json!({"en": hidden("Closed"), "ar": hidden("أغلق"), "ru": "\n＝1+1"});
    closed["report"]["publisher"] = json!(hidden("Wire"));
    closed["report"]["quote"] = json!(hidden("Shut"));
    let (id, position) = reported(&product, &closed).await;
    let path = format!("/v1/events/{id}?min_position={position}");
    let stored = get(&product, &path).await;
    for at in ["/title", "/details", "/report/publisher", "/report/quote"] {
        assert_eq!(
            stored.pointer(at),
            closed.pointer(at),
            "JSON keeps every character"
        );
    }
    let feed = "/v1/relations/LAO/THA/changes.atom";
    let read = async |path: &str| {
        send(get_at(&product.http, path))
            .await
            .text()
            .await
            .unwrap()
    };
    eventually("the change is in the feed", async || {
        read(feed).await.contains("Gate")
    })
    .await;

    let is_shown = |place: &str, shown: &str, word: &str| {
        let hazard = shown.chars().find(|letter| HAZARDS.contains(*letter));
        assert_eq!(hazard, None, "{place}: {shown}");
        assert!(shown.contains(word), "{place}: {shown}");
    };
    let at = "at=2024-02-01";
    for (path, word) in [
        (feed.to_owned(), "Gate"),
        (format!("{feed}?lang=ar"), "Gate"),
        (
            format!("/v1/relations/LAO/THA?format=markdown&{at}"),
            "Gate",
        ),
        (
            format!("/v1/relations/LAO/THA?format=markdown&lang=ar&{at}"),
            "Gate",
        ),
        ("/v1/events?format=csv&country=LAO".to_owned(), "Closed"),
        (
            format!("/v1/relations/LAO/THA/registers/borders?format=csv&{at}"),
            "Gate",
        ),
        ("/v1/changes?format=csv&country=LAO".to_owned(), "Gate"),
    ] {
        is_shown(&path, &read(&path).await, word);
    }
    let rows = table(&read("/v1/events?format=csv&country=LAO").await);
    assert!(rows[1].contains(&"' ＝1+1".to_owned()), "{rows:?}");
    assert!(rows[1].iter().all(|cell| !cell.contains('\n')), "{rows:?}");

    for (command, word) in [
        (vec!["events", &id], "Closed"),
        (vec!["events", &id, "--lang", "ar"], "أغلق"),
        (vec!["events", "--country", "LAO"], "Closed"),
        (vec!["state", "LAO", "THA", "--at", "2024-02-01"], "Gate"),
        (vec!["history", "LAO", "THA"], "Gate"),
        (vec!["country", "LAO", "--at", "2024-02-01"], "THA"),
        (
            vec!["why", "LAO", "THA", "economic", "--at", "2024-02-01"],
            "economic",
        ),
        (
            vec!["register", "LAO", "THA", "borders", "--at", "2024-02-01"],
            "Gate",
        ),
    ] {
        let output = product.client(&command);
        is_shown(
            &command.join(" "),
            std::str::from_utf8(&output.stdout).unwrap(),
            word,
        );
        is_shown("stderr", std::str::from_utf8(&output.stderr).unwrap(), "");
    }
    let output = product.client(&["events", &id, "-o", "json"]);
    is_shown("JSON", std::str::from_utf8(&output.stdout).unwrap(), "Gate");
    assert_eq!(data(&output)["title"], closed["title"]);
}
