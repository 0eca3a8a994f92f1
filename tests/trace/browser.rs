//! The page in a browser without a window (`scripts/page.sh`), where one is installed.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{echo, has, room, run, wirescript};

/// What the page says of itself once it is there: attributes of its root.
struct Seen {
    dom: String,
    complaints: String,
}

impl Seen {
    fn number(&self, name: &str) -> Option<u64> {
        let start = self.dom.find(&format!("data-{name}=\""))? + name.len() + 7;
        self.dom[start..].split('"').next()?.parse().ok()
    }
}

/// Opens a page; `hash` is what is looked at.
fn look(page: &Path, hash: &str) -> Seen {
    let output = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/page.sh"))
        .arg(page)
        .arg(hash)
        .output()
        .expect("the script runs");
    Seen {
        dom: String::from_utf8_lossy(&output.stdout).into_owned(),
        complaints: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

#[test]
fn the_page_shows_every_message_and_filters() {
    if !has("chromium") {
        return;
    }
    let room = room("page");
    let script = echo("lua", "AF_INET", "127.0.0.1", 40);
    run(&room, &["--trace", "t.jsonl"], "echo.lua", &script);
    let made = wirescript(&room, ["trace", "view", "t.jsonl", "t.html"]);
    assert_eq!(made.stdout, "t.html\n", "{}", made.stderr);
    let page = room.join("t.html");
    // 40 there and back, each sent and received, and the end of the stream.
    for (hash, messages) in [
        ("", 161),
        ("q=message+7%0A", 4),
        ("q=MESSAGE", 160),
        ("q=hex:4d455353414745", 80),
        ("kind=sent", 80),
        ("task=0", 80),
        ("task=1&kind=received", 41),
        ("kind=rest", 0),
        ("q=nowhere", 0),
    ] {
        let seen = look(&page, hash);
        assert_eq!(seen.complaints, "", "{hash}");
        assert_eq!(
            seen.number("messages"),
            Some(messages),
            "{hash}: {}",
            seen.dom.len()
        );
    }
    let seen = look(&page, "event=20");
    assert!(
        seen.dom.contains("6d 65 73 73 61 67 65"),
        "the dump of what is selected"
    );
    assert!(seen.dom.contains("aria-selected=\"true\""));
}

#[test]
fn a_hundred_thousand_events_are_there_within_two_seconds() {
    if !has("chromium") {
        return;
    }
    let room = room("page-large");
    let mut lines = String::from(
        "{\"wirescript_trace\":1,\"version\":\"0\",\"started_ns\":1000000000,\"process\":1,\"plaintext\":false}\n",
    );
    for socket in 1..=100 {
        lines.push_str(&format!(
            "{{\"ns\":{socket},\"event\":\"open\",\"socket\":{socket},\"fd\":{socket},\"family\":\"AF_INET\",\"type\":\"SOCK_STREAM\"}}\n"
        ));
    }
    for event in 0..99_900 {
        let (socket, kind) = (event % 100 + 1, ["sent", "received"][event % 2]);
        lines.push_str(&format!(
            "{{\"ns\":{},\"event\":\"{kind}\",\"task\":{socket},\"at\":\"big.lua:{}\",\"socket\":{socket},\"fd\":{socket},\"text\":\"message {event} of many\"}}\n",
            1000 + event * 5000,
            event % 30
        ));
    }
    fs::write(room.join("t.jsonl"), lines).expect("a trace");
    wirescript(&room, ["trace", "view", "t.jsonl", "t.html"]);
    // The machine may be busy with other tests: of three tries the best counts.
    let mut times = Vec::new();
    for _ in 0..3 {
        let seen = look(&room.join("t.html"), "");
        assert_eq!(seen.complaints, "");
        assert_eq!(seen.number("events"), Some(100_000));
        assert_eq!(seen.number("messages"), Some(99_900));
        times.push(seen.number("drawn").expect("a time"));
        if times.iter().any(|time| *time <= 2000) {
            return;
        }
    }
    panic!("drawn after {times:?} ms");
}
