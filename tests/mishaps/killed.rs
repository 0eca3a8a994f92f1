//! A peer that is killed (SIGKILL) in the middle of a transfer. All that it had handed to its kernel arrives, and then the
//! end; where bytes of ours were lost the call says so, with how many had left.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use wirescript::{Policy, Result, Runtime, Value};

use super::runner::WIRESCRIPT;

/// The process that will be killed. It tells where it listens, does its part with whoever comes, and says a number.
const PEER: &str = r#"
local part, family = arg[1], arg[2]
local server
if family == "unix" then
  server = socket.socket(socket.AF_UNIX)
  server:bind("")
  server:listen()
  print(bytes.hex(server:getsockname()[1]))
else
  server = socket.create_server({"127.0.0.1", 0})
  print(server:getsockname()[2])
end
local s = server:accept()
s:setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 50000)
if part == "fill" then
  s:setblocking(false)
  local text = {}
  for number = 0, 99999 do text[number + 1] = ("%08d"):format(number) end
  text = table.concat(text)
  local sent = 0
  while true do
    local ok, count = pcall(s.send, s, text:sub(sent + 1, sent + 10000))
    if not ok then break end
    sent = sent + count
  end
  print(sent)
else
  print(#s:recv(1000))
end
task.sleep(1e6)
"#;

/// The peer, as scripts see it by `peer_says` and `kill_peer`.
struct Peer {
    child: Child,
    stdout: BufReader<ChildStdout>,
}

impl Peer {
    fn start(part: &str, family: &str) -> Self {
        let mut child = Command::new(WIRESCRIPT)
            .args(["-e", PEER, part, family])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the command starts");
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        Self { child, stdout }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("it speaks");
        line.trim().to_owned()
    }

    fn kill(&mut self) {
        self.child.kill().expect("it lives");
        self.child.wait().expect("it has ended");
    }
}

/// What the peer sends.
fn data() -> Vec<u8> {
    (0..100_000)
        .flat_map(|number| format!("{number:08}").into_bytes())
        .collect()
}

/// Runs a script whose peer does this part; it kills it.
fn with_peer(part: &str, family: &str, is_lua: bool, script: &str) {
    let mut peer = Peer::start(part, family);
    let address = peer.line();
    let peer = Arc::new(Mutex::new(peer));
    let run = || -> Result<()> {
        let builder = Runtime::builder().policy(Policy::allow_all());
        let mut runtime = if is_lua { builder.lua() } else { builder.rhai() }.build()?;
        if family == "unix" {
            let digit = |at: usize| u8::from_str_radix(&address[at..at + 2], 16).expect("digits");
            let name = (0..address.len()).step_by(2).map(digit).collect();
            runtime.set("FAMILY", libc::AF_UNIX)?;
            runtime.set("ADDRESS", Value::Bytes(name))?;
        } else {
            runtime.set("FAMILY", libc::AF_INET)?;
            runtime.set("ADDRESS", ("127.0.0.1", address.parse::<u16>().expect("a port")))?;
        }
        runtime.set("DATA", Value::Bytes(data()))?;
        let (one, other) = (peer.clone(), peer.clone());
        runtime.register("peer_says", move || -> Result<i64> {
            let line = one.lock().unwrap_or_else(PoisonError::into_inner).line();
            Ok(line.parse().expect("a number"))
        })?;
        runtime.register("kill_peer", move || -> Result<()> {
            other.lock().unwrap_or_else(PoisonError::into_inner).kill();
            Ok(())
        })?;
        runtime.run("script", script)
    };
    let outcome = run();
    let mut peer = peer.lock().unwrap_or_else(PoisonError::into_inner);
    // It is dead already, where the script came so far.
    let _ = peer.child.kill();
    if let Err(error) = outcome {
        panic!("{part}, {family}, lua {is_lua}: {error}");
    }
}

fn in_both(part: &str, lua: &str, rhai: &str) {
    for family in ["inet", "unix"] {
        with_peer(part, family, true, lua);
        with_peer(part, family, false, rhai);
    }
}

#[test]
fn what_a_killed_peer_had_sent_arrives_and_then_the_end() {
    let lua = r#"
        local s <close> = socket.socket(FAMILY)
        s:connect(ADDRESS)
        local parts = {s:recv(1000)}
        local count = peer_says()
        kill_peer()
        repeat
          local data = s:recv(30000)
          table.insert(parts, data)
        until data == ""
        assert(count > 50000 and table.concat(parts) == DATA:sub(1, count))"#;
    let rhai = r#"
        with s = socket::socket(FAMILY) {
            s.connect(ADDRESS);
            let all = s.recv(1000);
            let count = peer_says();
            kill_peer();
            loop {
                let data = s.recv(30000);
                if data.is_empty() { break; }
                all += data;
            }
            if count <= 50000 || all != DATA.extract(0, count) { throw `${all.len()} of ${count} bytes`; }
        }"#;
    in_both("fill", lua, rhai);
}

#[test]
fn who_wants_more_than_a_killed_peer_had_sent_is_given_that() {
    let lua = r#"
        local t <close> = tube.wrap(socket.socket(FAMILY))
        t.socket:connect(ADDRESS)
        local count = peer_says()
        local killer = task.spawn(kill_peer)
        local ok, e = pcall(t.recv_exactly, t, #DATA)
        assert(not ok and e:is(errors.EOFError) and e.partial == DATA:sub(1, count), tostring(e))"#;
    let rhai = r#"
        with s = socket::socket(FAMILY) {
            s.connect(ADDRESS);
            let t = tube::wrap(s);
            let count = peer_says();
            let killer = task::spawn(|| kill_peer());
            let told = ();
            try { t.recv_exactly(DATA.len()); } catch (e) { told = e; }
            if !told.is(errors::EOFError) || told.partial != DATA.extract(0, count) { throw told; }
        }"#;
    in_both("fill", lua, rhai);
}

#[test]
fn sending_to_a_killed_peer_says_how_much_had_left() {
    let lua = r#"
        local s <close> = socket.socket(FAMILY)
        s:connect(ADDRESS)
        local data = DATA:rep(30)
        local killer = task.spawn(function() local count = peer_says() kill_peer() return count end)
        local ok, e = pcall(s.sendall, s, data)
        local count = killer:join()
        assert(not ok and (e:is(errors.BrokenPipeError) or e:is(errors.ConnectionResetError)), tostring(e))
        assert(count <= e.sent and e.sent < #data)
        ok, e = pcall(s.recv, s, 1)
        assert(ok and e == "" or not ok and e:is(errors.ConnectionResetError), tostring(e))"#;
    let rhai = r#"
        with s = socket::socket(FAMILY) {
            s.connect(ADDRESS);
            let data = DATA;
            for n in 0..5 { data += data; }
            let killer = task::spawn(|| { let count = peer_says(); kill_peer(); count });
            let told = ();
            try { s.sendall(data); } catch (e) { told = e; }
            let count = killer.join();
            if !told.is(errors::BrokenPipeError) && !told.is(errors::ConnectionResetError) { throw told; }
            if told.sent < count || told.sent >= data.len() { throw `${told.sent} bytes`; }
            try { if !s.recv(1).is_empty() { throw "bytes out of nowhere"; } }
            catch (e) { if !e.is(errors::ConnectionResetError) { throw e; } }
        }"#;
    in_both("read", lua, rhai);
}
