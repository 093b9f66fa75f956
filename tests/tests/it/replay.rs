//! `detente replay` and `GET /v1/replay`: the same frames from a server, a file and a terminal.

use crate::expect::{assert_refused_reads, refuses};
use crate::helpers::{DEMO, answer, changes_of, get, reported, standing, stdout, text};
use crate::log_fold::projection;
use crate::reconnect::browser::refused_in_stream;
use detente_tests::product::{Product, TIMEOUT, binary, run};
use eventsource_stream::Eventsource as _;
use futures_util::StreamExt as _;
use reqwest::Client;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::{Command, Output, Stdio};

/// Reads the events of a replay, up to its end or a number of frames: names and data.
async fn frames(product: &Product, query: &str, last: Option<&str>, most: usize) -> Vec<Value> {
    let mut request = Client::new().get(format!("{}/v1/replay?{query}", product.http));
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let response = request.timeout(TIMEOUT).send().await.unwrap();
    assert!(response.status().is_success(), "{}", response.status());
    let mut events = response.bytes_stream().eventsource();
    let mut frames = Vec::new();
    while let Some(event) = events.next().await {
        let event = event.unwrap();
        let data: Value = serde_json::from_str(&event.data).unwrap();
        assert_eq!(data["cursor"], event.id.as_str());
        match &*event.event {
            "changes" => frames.push(data),
            "end" => return frames,
            _ => {}
        }
        if frames.len() == most {
            return frames;
        }
    }
    panic!("the replay has no end")
}

/// Parses the lines that a command printed.
fn lines(output: &Output) -> Vec<Value> {
    let text = stdout(output);
    let lines = text.lines().map(serde_json::from_str);
    lines.map(Result::unwrap).collect()
}

/// Removes position and time of recording, which a file does not have.
fn stripped(changes: &[Value]) -> Vec<Value> {
    let strip = |change: &Value| {
        let mut change = change.clone();
        let fields = change.as_object_mut().unwrap();
        fields.retain(|name, _| !["position", "lag_days", "cursor"].contains(&name.as_str()));
        change
    };
    changes.iter().map(strip).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replay_is_the_same_everywhere_and_resumes_after_any_frame() {
    let product = Product::temporary(&["--demo"]);
    let query = "pair=TJK-AFG&from=2022-01-01&to=2023-04-30";
    let whole = frames(&product, query, None, usize::MAX).await;
    let days: Vec<String> = whole.iter().map(|frame| text(&frame["day"])).collect();
    assert!(days.is_sorted() && days.len() > 5, "{days:?}");
    assert!(
        days.iter()
            .all(|day| ("2022-01-01".."2023-05-01").contains(&&**day))
    );
    for cut in 1..whole.len() {
        let mut seen = frames(&product, query, None, cut).await;
        let last = text(&seen.last().unwrap()["cursor"]);
        seen.extend(frames(&product, query, Some(&last), usize::MAX).await);
        assert_eq!(seen, whole, "{cut}");
    }
    // A client that reconnects after the end gets a 204.
    let last = text(&whole.last().unwrap()["cursor"]);
    let again = Client::new().get(format!("{}/v1/replay?{query}", product.http));
    let again = again.header("last-event-id", &last).send().await.unwrap();
    assert_eq!(again.status(), 204);
    // A speed has no effect on the frames.
    let paced = frames(
        &product,
        &format!("{query}&speed=1000y/s"),
        None,
        usize::MAX,
    )
    .await;
    assert_eq!(paced, whole);

    let span = ["--from", "2022-01-01", "--to", "2023-04-30"];
    let args = [&["replay", "TJK", "AFG"], &span[..]].concat();
    let printed = lines(&product.client(&args));
    let of_file = lines(&run(&[&args[..], &["--file", DEMO]].concat()));
    assert_eq!(stripped(&printed), stripped(&changes_of(&whole)));
    assert_eq!(stripped(&of_file), stripped(&printed));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stands_is_replayed_the_same_from_a_server_and_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::temporary(&[]);
    let rows = standing();
    reported(&product, &rows.clone().into()).await;
    let file = directory.path().join("rows.ndjson");
    let rows: Vec<String> = rows.iter().map(Value::to_string).collect();
    std::fs::write(&file, rows.join("\n")).unwrap();
    let file = file.display().to_string();
    let span = ["--from", "2023-05-01", "--to", "2023-05-31"];
    for (pair, day, dimension, via) in [
        (["KGZ", "UZB"], "2023-05-04", "wars", json!(null)),
        (["KAZ", "AFG"], "2023-05-05", "sanctions", json!("CSTO")),
    ] {
        let query = format!("pair={}&from={}&to={}", pair.join("-"), span[1], span[3]);
        let whole = changes_of(&frames(&product, &query, None, usize::MAX).await);
        let mut entries = whole.iter();
        let entry = entries.find(|change| change["dimension"] == dimension);
        let entry = entry.unwrap_or_else(|| panic!("no {dimension}: {whole:?}"));
        assert_eq!((&entry["day"], &entry["via"]), (&json!(day), &via));
        let args = [&["replay"], &pair[..], &span].concat();
        let printed = lines(&product.client(&args));
        let of_file = lines(&run(&[&args[..], &["--file", &file]].concat()));
        assert_eq!(stripped(&printed), stripped(&whole));
        assert_eq!(stripped(&of_file), stripped(&whole));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_known_order_a_replay_is_the_change_feed() {
    let product = Product::temporary(&["--demo"]);
    let feed = get(&product, "/v1/changes?limit=1000").await;
    let feed = feed["items"].as_array().unwrap();
    let mut replayed = frames(&product, "clock=known", None, usize::MAX).await;
    let last = text(&replayed[9]["cursor"]);
    let rest = frames(&product, "clock=known", Some(&last), usize::MAX).await;
    assert_eq!(rest, replayed[10..]);
    for frame in &mut replayed {
        frame.as_object_mut().unwrap().remove("day");
    }
    assert_eq!(&replayed, feed);
    let printed = lines(&product.client(&["replay", "--clock", "known"]));
    assert_eq!(stripped(&printed), stripped(&changes_of(feed)));
    // Nothing is known before the day of recording.
    let query = "clock=known&to=2023-12-31";
    assert_eq!(
        frames(&product, query, None, usize::MAX).await,
        [json!(null); 0]
    );
    // A file has a commit for each row, and so more changes than the demo in a few commits.
    let of_file = lines(&run(&["replay", "--clock", "known", "--file", DEMO]));
    assert!(of_file.len() >= printed.len(), "{}", of_file.len());
    let rows: Vec<u64> = of_file
        .iter()
        .map(|change| change["position"].as_u64().unwrap())
        .collect();
    assert!(rows.is_sorted());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_replay_request_is_refused_with_a_code() {
    let product = Product::temporary(&[]);
    let bad_fields = [
        ("speed=3", "speed"),
        ("clock=both", "clock"),
        ("from=2023-13-01", "from"),
        ("from=2023-02-01&to=2023-01-01", "to"),
        ("at=2023-01-01", "at"),
    ];
    let base = "/v1/replay?";
    assert_refused_reads(&product, base, 400, "bad_query", &bad_fields).await;
    for (status, code, path, field) in [
        (404, "unknown_position", "known_at=999", "known_at"),
        (422, "unknown_party", "country=Atlantis", "country"),
        (404, "unknown_dimension", "dimension=weather", "dimension"),
    ] {
        assert_refused_reads(&product, base, status, code, &[(path, field)]).await;
    }
    let resumed = |cursor: &str| {
        let request = Client::new().get(format!("{}/v1/replay", product.http));
        request.header("last-event-id", cursor)
    };
    for cursor in ["nonsense", "0123456789ab-1", "0123456789ab-1-19465.TJK.AFG"] {
        let refused = answer(resumed(cursor)).await;
        refuses(400, "bad_cursor").assert_answers(cursor, &refused);
    }
    // The second is as earlier versions numbered frames.
    for cursor in ["0123456789ab-1-1", &format!("{}-1-7", projection())] {
        let told = refused_in_stream(resumed(cursor)).await;
        assert_eq!(told.data["code"], "stale_cursor", "{cursor}");
        assert_eq!(told.id, "", "the replay begins again");
    }
    for args in [
        &["--speed", "3"][..],
        &["--clock", "both"],
        &["--from", "2023-02-01", "--to", "2023-01-01"],
        &["--at", "2023-01-01"],
        &["--occasion", "often"],
        &["--file", DEMO, "--clock", "known", "--speed", "1d/s"],
    ] {
        let refused = run(&[&["replay"], args].concat());
        assert_eq!(refused.status.code(), Some(2), "{args:?}");
    }
}

/// Reads the output of a terminal up to a text.
fn until(terminal: &mut File, wanted: &str) -> String {
    let mut shown = Vec::new();
    let patience = Timespec {
        tv_sec: 60,
        tv_nsec: 0,
    };
    loop {
        let mut bytes = [0; 4096];
        let mut ready = [PollFd::new(terminal, PollFlags::IN)];
        let is_ready = poll(&mut ready, Some(&patience)).unwrap() > 0;
        let read = if is_ready {
            terminal.read(&mut bytes).unwrap()
        } else {
            0
        };
        assert!(
            read > 0,
            "no {wanted:?} in {}",
            String::from_utf8_lossy(&shown)
        );
        shown.extend(&bytes[..read]);
        let text = String::from_utf8_lossy(&shown);
        if text.contains(wanted) {
            return text.into_owned();
        }
    }
}

#[test]
fn in_a_terminal_it_steps_pauses_changes_speed_and_restores_the_terminal() {
    let pty = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&pty).unwrap();
    unlockpt(&pty).unwrap();
    let name = ptsname(&pty, Vec::new()).unwrap();
    let open = || {
        File::options()
            .read(true)
            .write(true)
            .open(name.to_str().unwrap())
            .unwrap()
    };
    let attached = open();
    let modes = || tcgetattr(&attached).unwrap().local_modes;
    let before = modes();
    assert!(before.contains(LocalModes::ECHO | LocalModes::ICANON));
    // So slow that only the first day comes without a key.
    let mut replay = Command::new(binary());
    replay.args(["replay", "TJK", "AFG", "--from", "2022-01-01"]);
    replay.args(["--speed", "1h/s", "--file", DEMO]);
    replay.stdin(Stdio::from(open()));
    replay.stdout(Stdio::from(open()));
    let mut replay = replay.stderr(Stdio::from(open())).spawn().unwrap();
    let mut terminal = File::from(pty);
    until(&mut terminal, "TJK→AFG   2022-01-01");
    assert!(!modes().contains(LocalModes::ECHO));
    for (key, shown) in [
        (&b"n"[..], "2022-04-23"),
        (b" ", "paused"),
        (b"\x1b[C", "2022-06-15"),
        (b"+", "paused"),
        (b" ", "at 2h/s"),
        (b"-", "at 1h/s"),
        (b"n", "2022-07-02"),
    ] {
        terminal.write_all(key).unwrap();
        until(&mut terminal, shown);
    }
    terminal.write_all(b"q").unwrap();
    assert_eq!(replay.wait().unwrap().code(), Some(0));
    assert_eq!(modes(), before);
}
