//! What stands in a trace, and that it is there however the run ends.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::support::{LIMIT, Running};
use super::{echo, of, records, room, run, wirescript};

#[test]
fn every_event_has_its_task_and_its_line() {
    let (accepted, sent) = (3, 14);
    for language in ["lua", "rhai"] {
        let room = room(&format!("lines-{language}"));
        let name = format!("echo.{language}");
        run(
            &room,
            &["--trace", "t.jsonl"],
            &name,
            &echo(language, "AF_INET", "127.0.0.1", 3),
        );
        let records = records(&room.join("t.jsonl"));
        let accept = of(&records, "accept")[0];
        assert_eq!(accept["at"], format!("{name}:{accepted}"), "{accept}");
        assert_eq!(accept["task"], 2, "{accept}");
        let connect = of(&records, "connect")[0];
        assert_eq!(connect["local"], accept["peer"]);
        assert_eq!(connect["peer"], accept["local"]);
        let mut client = of(&records, "sent");
        client.retain(|record| record["socket"] == connect["socket"]);
        let texts: Vec<_> = client.iter().map(|record| record["text"].clone()).collect();
        assert_eq!(texts, ["message 1\n", "message 2\n", "message 3\n"]);
        for record in client {
            assert_eq!(record["at"], format!("{name}:{sent}"), "{record}");
            assert_eq!(record["task"], 1, "{record}");
        }
        assert_eq!(of(&records, "sent").len(), 6);
        // Six that brought something, and the server's that tells of the end.
        assert_eq!(of(&records, "received").len(), 7);
        assert_eq!(of(&records, "open").len(), 3);
        assert_eq!(of(&records, "close").len(), 3);
        let times: Vec<_> = records.iter().map(|record| record["ns"].as_u64()).collect();
        assert!(times.is_sorted(), "{times:?}");
    }
}

#[test]
fn options_errors_pairs_and_refusals_are_told() {
    let room = room("others");
    let script = "local a, b = socket.socketpair()
a:setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
a:send('\\0\\255') b:recv(2, socket.MSG_PEEK) b:recv(2)
a:shutdown(socket.SHUT_WR)
a:close() b:close()
local s = socket.socket()
pcall(s.connect, s, {'127.0.0.1', 1})
s:close()
local ok, e = pcall(socket.create_connection, {'10.0.0.1', 1})
assert(e.denied)
";
    run(
        &room,
        &[
            "--trace",
            "t.jsonl",
            "--sandbox",
            "--allow-net=127.0.0.1:*",
            "--allow-unix",
        ],
        "o.lua",
        script,
    );
    let records = records(&room.join("t.jsonl"));
    let option = of(&records, "option")[0];
    assert_eq!(
        (&option["level"], &option["option"], &option["value"]),
        (&json!(1), &json!(8), &json!("4096")),
        "{option}"
    );
    let pair = of(&records, "pair")[0];
    assert_ne!(pair["socket"], pair["other"]);
    let received = of(&records, "received");
    assert_eq!(received[0]["base64"], "AP8=");
    assert_eq!(
        (&received[0]["peeked"], &received[1]["peeked"]),
        (&json!(true), &Value::Null)
    );
    assert_eq!(of(&records, "shutdown")[0]["how"], "SHUT_WR");
    let error = of(&records, "error")[0];
    assert_eq!(
        (&error["op"], &error["class"], &error["errno"], &error["peer"]),
        (
            &json!("connect"),
            &json!("ConnectionRefusedError"),
            &json!(111),
            &json!(["127.0.0.1", 1])
        )
    );
    let refused = of(&records, "refused")[0];
    assert_eq!(refused["message"], "connecting to ('10.0.0.1', 1)");

    let text = wirescript(&room, ["trace", "text", "t.jsonl"]).stdout;
    assert!(text.contains("setsockopt(SOL_SOCKET, SO_RCVBUF, 4096)"), "{text}");
    assert!(text.contains(r"> b'\x00\xff'"), "{text}");
    assert!(text.contains("(peeked)"), "{text}");
    assert!(text.contains("  task 1  o.lua:4  fd "), "{text}");
}

/// Socket, bytes, and an end that is none of the script's own.
const ENDS: &[(&str, &str, i32)] = &[
    ("error", "error('enough')", 1),
    ("exit", "sys.exit(7)", 7),
    ("os-exit", "os.exit(3, true)", 3),
];

#[test]
fn nothing_is_lost_however_the_run_ends() {
    for (name, end, status) in ENDS {
        let room = room(&format!("end-{name}"));
        let script = format!("local a, b = socket.socketpair() a:send('last words') {end}");
        let done = wirescript(&room, ["--trace", "t.jsonl", "--pcap", "t.pcapng", "-e", &script]);
        assert_eq!(
            done.status.and_then(|status| status.code()),
            Some(*status),
            "{}",
            done.stderr
        );
        let records = records(&room.join("t.jsonl"));
        assert_eq!(of(&records, "sent")[0]["text"], "last words", "{name}");
        assert_eq!(of(&records, "close").len(), 2, "{name}");
        let packets = fs::read(room.join("t.pcapng")).expect("packets");
        assert!(packets.windows(10).any(|bytes| bytes == b"last words"), "{name}");
    }
}

#[test]
fn an_interrupted_run_leaves_its_trace_and_a_killed_one_nearly_all_of_it() {
    for (signal, status, closed) in [("INT", Some(130), 2), ("TERM", None, 2), ("KILL", None, 0)] {
        let room = room(&format!("signal-{signal}"));
        let script = "local a, b = socket.socketpair() a:send('x') print('ready') io.stdout:flush() b:recv(1) b:recv(1)";
        let mut command = Command::new(env!("CARGO_BIN_EXE_wirescript"));
        command
            .args(["--trace", "t.jsonl", "-e", script])
            .current_dir(&room);
        let running = Running::start(&mut command);
        let path = room.join("t.jsonl");
        // What was written by itself, while the script waits for ever.
        let begun = std::time::Instant::now();
        while !fs::read_to_string(&path).is_ok_and(|text| text.contains("received")) {
            assert!(
                begun.elapsed() < LIMIT,
                "nothing was written while the run waited"
            );
            std::thread::yield_now();
        }
        let pid = running.child.id().to_string();
        let killed = Command::new("kill").args([&format!("-{signal}"), &*pid]).status();
        assert!(killed.is_ok_and(|status| status.success()));
        let done = running.finish(LIMIT);
        let ended = done.status.expect("an end");
        assert_eq!(ended.code(), status, "{}", done.stderr);
        assert_eq!(ended.signal().is_some(), status.is_none());
        let records = records(&path);
        assert_eq!(of(&records, "received").len(), 1);
        assert_eq!(of(&records, "close").len(), closed, "{signal}");
        assert_eq!(done.stderr.is_empty(), status.is_none(), "{}", done.stderr);
    }
}

#[test]
fn a_run_whose_output_nobody_reads_leaves_its_trace() {
    for (language, script) in [
        (
            "lua",
            "local a, b = socket.socketpair() a:send('x') while true do print('a line') end",
        ),
        (
            "rhai",
            "let pair = socket::socketpair(); pair[0].send(\"x\"); loop { print(\"a line\"); }",
        ),
    ] {
        let room = room(&format!("pipe-{language}"));
        let line = "\"$0\" --lang \"$1\" --trace t.jsonl -e \"$2\" | head -n 1; echo \"${PIPESTATUS[0]}\"";
        let mut command = Command::new("bash");
        command
            .args(["-c", line, env!("CARGO_BIN_EXE_wirescript"), language, script])
            .current_dir(&room);
        let done = Running::start(&mut command).finish(LIMIT);
        // 128 and the number of SIGPIPE, as without a trace.
        assert_eq!(
            (done.stdout.as_str(), done.stderr.as_str()),
            ("a line\n141\n", "")
        );
        let records = records(&room.join("t.jsonl"));
        assert_eq!(of(&records, "sent").len(), 1, "{language}");
        assert_eq!(of(&records, "close").len(), 2, "{language}");
    }
}

#[test]
fn a_full_disk_is_told_once_and_the_run_goes_on() {
    let room = room("full");
    let script = "local a, b = socket.socketpair()
for i = 1, 5000 do a:send('0123456789') b:recv(10) end
print('done')
";
    let done = run(&room, &["--trace", "/dev/full"], "full.lua", script);
    assert_eq!(done.stdout, "done\n");
    assert_eq!(
        done.stderr
            .matches("cannot go on writing the trace /dev/full")
            .count(),
        1,
        "{}",
        done.stderr
    );
    assert_eq!(done.stderr.lines().count(), 1, "{}", done.stderr);
    let refused = wirescript(&room, ["--trace", "/nowhere/t.jsonl", "full.lua"]);
    assert_eq!(refused.status.and_then(|status| status.code()), Some(2));
    assert!(
        refused.stderr.contains("cannot record") && refused.stderr.contains("/nowhere/t.jsonl"),
        "{}",
        refused.stderr
    );
    let refused = wirescript(&room, ["--trace", "both", "--pcap", "both", "full.lua"]);
    assert_eq!(refused.status.and_then(|status| status.code()), Some(2));
    assert!(
        refused.stderr.contains("not into one file: 'both'"),
        "{}",
        refused.stderr
    );
    let taken = wirescript(&room, ["--trace", "/dev/null", "--pcap", "/dev/null", "-e", ""]);
    assert!(taken.complaint().is_none(), "{:?}", taken.complaint());
}

#[test]
fn workers_and_forked_children_are_in_the_trace() {
    let room = room("others-runtimes");
    let script = "local a, b = socket.socketpair()
local w = worker.spawn(\"local s <close> = socket.socket() s:bind({'127.0.0.1', 0})\")
w:join()
a:send('parent')
";
    run(&room, &["--trace", "w.jsonl"], "w.lua", script);
    let told = records(&room.join("w.jsonl"));
    let bind = of(&told, "bind")[0];
    assert_eq!(bind["worker"], "worker-1", "{bind}");
    assert_eq!(of(&told, "sent")[0]["worker"], Value::Null);

    let server = "local S = socketserver
local Handler = S.class(S.BaseRequestHandler)
function Handler:handle() self.request:sendall(self.request:recv(100)) end
local server = S.ForkingTCPServer({'127.0.0.1', 0}, Handler)
local serving = task.spawn(function() server:handle_request() end)
local c = socket.create_connection(server.server_address)
c:sendall('to a child') print(c:recv(100)) c:close()
serving:join() server:server_close()
";
    let done = run(&room, &["--trace", "f.jsonl"], "f.lua", server);
    assert_eq!(done.stdout, "to a child\n");
    let told = records(&room.join("f.jsonl"));
    let child: Vec<_> = told
        .iter()
        .filter(|record| !record["process"].is_null())
        .collect();
    assert!(
        child
            .iter()
            .any(|record| record["event"] == "sent" && record["text"] == "to a child"),
        "{told:?}"
    );
    let texts: Vec<_> = of(&told, "sent")
        .iter()
        .map(|record| record["text"].clone())
        .collect();
    assert_eq!(
        texts,
        ["to a child", "to a child"],
        "each is told once: {texts:?}"
    );
}

#[test]
fn what_is_no_trace_is_refused() {
    let room = room("refused");
    fs::write(room.join("x"), "hello\n").expect("a file");
    for (words, status, said) in [
        (&["trace", "text", "x"][..], 2, "this is no trace"),
        (&["trace", "view", "missing"], 2, "cannot read missing"),
        (&["trace", "dance", "x"], 2, "Usage: wirescript trace"),
        (&["trace"], 2, "Usage: wirescript trace"),
        (&["--trace-plaintext", "-e", "x = 1"], 2, "--trace FILE"),
    ] {
        let done = wirescript(&room, words.iter().copied());
        assert_eq!(
            done.status.and_then(|status| status.code()),
            Some(status),
            "{words:?}"
        );
        assert!(done.stderr.contains(said), "{words:?}: {}", done.stderr);
    }
}

#[cfg(feature = "tls")]
#[test]
fn tls_is_seen_as_it_travels_or_on_request_as_the_script_sees_it() {
    let room = room("tls");
    let key = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
    fs::write(room.join("c.pem"), key.cert.pem()).expect("a file");
    fs::write(room.join("k.pem"), key.signing_key.serialize_pem()).expect("a file");
    let script = "local theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
theirs:load_cert_chain('c.pem', 'k.pem')
local ours = ssl.create_default_context({cafile = 'c.pem'})
local listener = socket.create_server({'127.0.0.1', 0})
local serving = task.spawn(function()
  local plain = listener:accept()
  local c = theirs:wrap_socket(plain, {server_side = true})
  c:sendall(c:recv(100)) c:recv(1) c:close()
end)
local s = ours:wrap_socket(socket.create_connection(listener:getsockname()), {server_hostname = 'localhost'})
s:sendall('a secret') print(s:recv(100)) s:close()
serving:join() listener:close()
";
    let done = run(&room, &["--trace", "t.jsonl"], "tls.lua", script);
    assert_eq!(done.stdout, "a secret\n");
    let travelled = fs::read_to_string(room.join("t.jsonl")).expect("a trace");
    assert!(!travelled.contains("a secret"), "{travelled}");
    let told = records(&room.join("t.jsonl"));
    assert!(
        of(&told, "sent").len() >= 4,
        "the handshakes' records are there: {told:?}"
    );
    assert_eq!(of(&told, "done")[0]["op"], "do_handshake");

    run(
        &room,
        &["--trace", "p.jsonl", "--trace-plaintext"],
        "tls.lua",
        script,
    );
    let told = records(&room.join("p.jsonl"));
    for event in ["sent", "received"] {
        let texts: Vec<_> = of(&told, event)
            .iter()
            .filter(|record| record["text"] != "")
            .map(|record| (record["text"].clone(), record["plaintext"].clone()))
            .collect();
        let one = (json!("a secret"), json!(true));
        assert_eq!(texts, [one.clone(), one], "{event}");
    }
}

/// Whoever records from a script ends it with `kill`.
#[test]
fn a_recording_that_is_terminated_is_whole_and_says_nothing() {
    let room = room("recording");
    let server = TcpListener::bind("127.0.0.1:0").expect("a server");
    let to = format!("tcp://{}", server.local_addr().expect("an address"));
    let mut recording = Command::new(env!("CARGO_BIN_EXE_wirescript"))
        .args([
            "record",
            "--listen",
            "tcp://127.0.0.1:0",
            "--to",
            &to,
            "-o",
            "r.jsonl",
        ])
        .current_dir(&room)
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command");
    let mut told = BufReader::new(recording.stderr.take().expect("a pipe"));
    let mut line = String::new();
    told.read_line(&mut line).expect("a line");
    let at = line
        .split("tcp://")
        .nth(1)
        .and_then(|rest| rest.split(' ').next());
    let mut client = TcpStream::connect(at.expect("an address")).expect("a connection");
    client.write_all(b"question").expect("it goes");
    let (mut inner, _) = server.accept().expect("the recorder connects");
    let mut eight = [0; 8];
    inner.read_exact(&mut eight).expect("it comes");
    inner.write_all(b"response").expect("it goes");
    client.read_exact(&mut eight).expect("it comes");
    assert_eq!(&eight, b"response");
    let killed = Command::new("kill").arg(recording.id().to_string()).status();
    assert!(killed.is_ok_and(|status| status.success()));
    let ended = recording.wait().expect("an end");
    assert_eq!(ended.signal(), Some(15));
    let mut rest = String::new();
    told.read_to_string(&mut rest).expect("text");
    assert_eq!(rest, "");
    let records = records(&room.join("r.jsonl"));
    for text in ["question", "response"] {
        let sent = of(&records, "sent");
        assert!(sent.iter().any(|record| record["text"] == text), "{text}");
    }
}

/// A question on a port of chance, as DNS and as a protocol of the script's own over a stream.
const SPOKEN: [(&str, &str); 2] = [
    (
        "spoken.lua",
        "local a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
a:bind({'127.0.0.1', 0})
local b = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
b:sendto(packet.DNS:pack({id = 7, questions = {{name = 'example.org', type = 1, class = 1}}}), a:getsockname())
a:recv(512)
local s = socket.create_server({'127.0.0.1', 0})
local c = socket.create_connection(s:getsockname())
local d = s:accept()
c:sendall('\\0\\5hello')
d:recv(100)
print(a:getsockname()[2], s:getsockname()[2])
",
    ),
    (
        "spoken.rhai",
        "let a = socket::socket(socket::AF_INET, socket::SOCK_DGRAM);
a.bind([`127.0.0.1`, 0]);
let b = socket::socket(socket::AF_INET, socket::SOCK_DGRAM);
b.sendto(packet::DNS.pack(#{id: 7, questions: [#{name: `example.org`, type: 1, class: 1}]}), a.getsockname());
a.recv(512);
let s = socket::create_server([`127.0.0.1`, 0]);
let c = socket::create_connection(s.getsockname());
let d = s.accept()[0];
c.sendall(bytes(\"\\x00\\x05hello\"));
d.recv(100);
print(a.getsockname()[1] + \"\\t\" + s.getsockname()[1]);
",
    ),
];

#[test]
fn a_person_says_what_is_spoken_on_a_port() {
    let room = room("spoken");
    fs::write(
        room.join("login.json"),
        r#"{"name": "login", "fields": [["size", "u16", {"length_of": "user"}], ["user", "bytes"]]}"#,
    )
    .expect("a schema");
    fs::write(room.join("bad.json"), "{}").expect("no schema");
    for (name, source) in SPOKEN {
        let done = run(&room, &["--trace", "run.jsonl"], name, source);
        let (dns, own) = done.stdout.trim().split_once('\t').expect("two ports");
        let plain = wirescript(&room, ["trace", "text", "run.jsonl"]);
        assert!(!plain.stdout.contains("dns, "), "{}", plain.stdout);
        let (dns, own) = (format!("{dns}=dns"), format!("--decode-as={own}=login.json"));
        let told = wirescript(&room, ["trace", "text", "--decode-as", &dns, &own, "run.jsonl"]);
        for part in [
            "dns, 29 bytes\n",
            "name: example.org\n",
            "login, 7 bytes\n",
            "user: b'hello'\n",
        ] {
            // Sent and received.
            assert_eq!(
                told.stdout.matches(part).count(),
                2,
                "{part}: {}{}",
                told.stdout,
                told.stderr
            );
        }
        let page = wirescript(&room, ["trace", "view", "--decode-as", &dns, "run.jsonl", "-"]);
        assert!(page.stdout.contains("name: example.org"), "{}", page.stderr);
    }
    for (form, said, complaint) in [
        ("text", "5300", "it is written PORT=NAME"),
        ("text", "x=DNS", "it is written PORT=NAME"),
        ("text", "5300=http", "there are DNS, NTP, "),
        ("text", "5300=none.json", "cannot read none.json"),
        (
            "text",
            "5300=bad.json",
            "bad.json is no schema: missing field `name`",
        ),
        ("pcap", "5300=DNS", "--decode-as is for view and text"),
    ] {
        let told = wirescript(&room, ["trace", form, "--decode-as", said, "run.jsonl"]);
        assert_eq!(told.status.and_then(|status| status.code()), Some(2), "{said}");
        assert!(told.stderr.contains(complaint), "{said}: {}", told.stderr);
    }
}
