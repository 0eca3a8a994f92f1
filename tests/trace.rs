//! Recording: what stands in a trace, that nothing is lost however a run ends, that its packets hold the bytes that were sent,
//! each once, and that the page shows them. Wireshark's own reader and a browser look too, where they are installed.
#![cfg(all(feature = "cli", feature = "lua", feature = "rhai", target_os = "linux"))]

#[path = "trace/browser.rs"]
mod browser;
#[path = "trace/packets.rs"]
mod packets;
#[path = "trace/records.rs"]
mod records;
#[allow(dead_code, reason = "it serves all integration tests; this one needs a part")]
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use support::{Finished, LIMIT, Running};

/// A folder for one test.
fn room(name: &str) -> PathBuf {
    let room = Path::new(env!("CARGO_TARGET_TMPDIR")).join("trace").join(name);
    let _ = fs::remove_dir_all(&room);
    fs::create_dir_all(&room).expect("a folder");
    room
}

/// Runs the command in a folder.
fn wirescript<'a>(room: &Path, words: impl IntoIterator<Item = &'a str>) -> Finished {
    Running::start(
        Command::new(env!("CARGO_BIN_EXE_wirescript"))
            .args(words)
            .current_dir(room),
    )
    .finish(LIMIT)
}

/// Runs a script that ends well, with these options.
fn run(room: &Path, options: &[&str], name: &str, source: &str) -> Finished {
    fs::write(room.join(name), source).expect("a script");
    let done = wirescript(room, options.iter().copied().chain([name]));
    assert!(
        done.status.is_some_and(|status| status.success()),
        "{}{}",
        done.stdout,
        done.stderr
    );
    done
}

/// The records of a trace, without its header.
fn records(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).expect("a trace");
    let mut lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("a line of JSON"));
    let header = lines.next().expect("a header");
    assert_eq!(header["wirescript_trace"], 1, "{header}");
    lines.collect()
}

/// The records of one event.
fn of<'a>(records: &'a [Value], event: &str) -> Vec<&'a Value> {
    records.iter().filter(|record| record["event"] == event).collect()
}

/// Whether a program is there; says so when it is not.
#[allow(clippy::print_stderr, reason = "what is not tested is told")]
fn has(program: &str) -> bool {
    let found = Command::new(program)
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success());
    if !found {
        eprintln!("NOT TESTED: {program} is not installed (apt-get install {program})");
    }
    found
}

/// An echo server and its client in one script, in both languages. The client sends `count` messages over `family`.
fn echo(language: &str, family: &str, host: &str, count: usize) -> String {
    match language {
        "lua" => format!(
            "local server = socket.create_server({{'{host}', 0}}, {{family = socket.{family}}})
local serving = task.spawn(function()
  local c = server:accept()
  while true do
    local data = c:recv(65536)
    if #data == 0 then break end
    c:sendall(data:upper())
  end
  c:close()
end)
local client = socket.socket(socket.{family})
client:connect(server:getsockname())
for number = 1, {count} do
  client:sendall('message ' .. number .. '\\n')
  client:recv(65536)
end
client:close()
serving:join()
server:close()
"
        ),
        _ => format!(
            "let server = socket::create_server([\"{host}\", 0], #{{family: socket::{family}}});
let serving = task::spawn(|| {{
  let c = server.accept()[0];
  loop {{
    let data = c.recv(65536);
    if data.len() == 0 {{ break; }}
    c.sendall(data.as_string().to_upper());
  }}
  c.close();
}});
let client = socket::socket(socket::{family});
client.connect(server.getsockname());
for number in 1..={count} {{
  client.sendall(`message ${{number}}\n`);
  client.recv(65536);
}}
client.close();
serving.join();
server.close();
"
        ),
    }
}
