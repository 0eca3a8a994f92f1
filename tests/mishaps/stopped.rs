//! A process that is stopped (SIGSTOP, Ctrl-Z) and goes on (SIGCONT) while it waits. Some of the kernel's waits are interrupted by
//! that though no handler runs: no script sees it, no timeout begins anew, and none is over too early.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::runner::WIRESCRIPT;
use super::support::{LIMIT, wait_until};

/// Each wait ends with the byte that comes when the process has been stopped twice. `wait(name, f)` announces it.
const LUA: &str = r#"
local port = tonumber(arg[1])
local s = socket.create_connection({"127.0.0.1", port})
local function wait(name, f) print(name) io.stdout:flush() print(f()) io.stdout:flush() end
local other = task.spawn(function() task.sleep(1e6) end)
for _, company in ipairs {"with another task", "alone"} do
  wait("recv", function() return s:recv(1) end)
  s:settimeout(60)
  wait("recv with a timeout", function() return s:recv(1) end)
  wait("recvmsg", function() return (s:recvmsg(1)) end)
  s:settimeout(nil)
  wait("select", function() select.select({s}, {}, {}) return s:recv(1) end)
  wait("poll", function() local p = select.poll() p:register(s, select.POLLIN) p:poll(60000) return s:recv(1) end)
  wait("epoll", function() local p <close> = select.epoll() p:register(s, select.EPOLLIN) p:poll(60) return s:recv(1) end)
  wait("task.timeout", function() return task.timeout(60, function() return s:recv(1) end) end)
  wait("input", function() return input() end)
  if company ~= "alone" then other:cancel() pcall(other.join, other) end
end
-- Over while the process was stopped, and not a moment too early.
for _, nap in ipairs {
  function() s:settimeout(0.2) local ok, e = pcall(s.recv, s, 1) return not ok and e:is(errors.TimeoutError) end,
  function() return #(select.select({s}, {}, {}, 0.2)) == 0 end,
  function() task.sleep(0.2) return true end,
} do
  wait("nap", function()
    local before = time.monotonic()
    local ok = nap()
    return ok and time.monotonic() - before >= 0.2 and "x"
  end)
end
"#;

const RHAI: &str = r#"
let port = parse_int(sys::argv[1]);
let s = socket::create_connection(["127.0.0.1", port]);
let other = task::spawn(|| task::sleep(1000000.0));
fn wait(name, f) { print(name); sys::stdout.flush(); print(f.call()); sys::stdout.flush(); }
let byte = || s.recv(1).as_string();
for company in ["with another task", "alone"] {
    wait("recv", byte);
    s.settimeout(60);
    wait("recv with a timeout", byte);
    wait("recvmsg", || s.recvmsg(1)[0].as_string());
    s.settimeout(());
    wait("select", || { select::select([s], [], []); s.recv(1).as_string() });
    wait("poll", || { let p = select::poll(); p.register(s, select::POLLIN); p.poll(60000); s.recv(1).as_string() });
    wait("epoll", || { let p = select::epoll(); p.register(s, select::EPOLLIN); p.poll(60); let b = s.recv(1).as_string(); p.close(); b });
    wait("task.timeout", || task::timeout(60, || s.recv(1).as_string()));
    wait("input", || input());
    if company != "alone" { other.cancel(); try { other.join(); } catch (e) { } }
}
let naps = [
    || { s.settimeout(0.2); try { s.recv(1); } catch (e) { return e.is(errors::TimeoutError); } },
    || select::select([s], [], [], 0.2)[0].len() == 0,
    || { task::sleep(0.2); true },
];
for nap in naps {
    wait("nap", || {
        let before = time::monotonic();
        let ok = nap.call();
        if ok && time::monotonic() - before >= 0.2 { "x" } else { "too early" }
    });
}
"#;

/// A script at work: what it prints, line by line, and what it hears.
struct Script {
    child: Child,
    lines: Receiver<String>,
    peer: TcpStream,
}

impl Script {
    fn start(language: &str, code: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port().to_string();
        let mut child = Command::new(WIRESCRIPT)
            .args(["--lang", language, "-e", code, &port])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the command starts");
        let stdout = child.stdout.take().expect("a pipe");
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                // Nobody listens any more after a failure.
                let _ = sender.send(line);
            }
        });
        let (peer, _) = listener.accept().expect("the script connects");
        Self { child, lines, peer }
    }

    /// The next line; none after the last.
    fn line(&self) -> Option<String> {
        match self.lines.recv_timeout(LIMIT) {
            Ok(line) => Some(line),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("the script waits for ever"),
        }
    }

    fn state(&self) -> char {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).expect("it lives");
        let after_name = stat.rsplit(')').next().unwrap_or_default();
        after_name.trim_start().chars().next().unwrap_or('?')
    }

    fn wait_for(&self, what: &str, is_so: impl Fn(char) -> bool) {
        let seen = wait_until(Instant::now() + LIMIT, || is_so(self.state()).then_some(()));
        assert!(
            seen.is_some(),
            "the process is never {what}, it is {}",
            self.state()
        );
    }

    fn signal(&self, name: &str) {
        let mut shell = Command::new("sh");
        let status = shell.args(["-c", r#"kill -"$0" "$1""#, name, &self.child.id().to_string()]);
        assert!(status.status().expect("a shell").success(), "kill -{name}");
    }

    fn stop(&self) {
        self.signal("STOP");
        self.wait_for("stopped", |state| state == 'T');
    }

    fn go_on(&self) {
        self.signal("CONT");
        self.wait_for("going on", |state| state != 'T');
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        // It has ended, where all is well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn waits_go_on(language: &str, code: &str) {
    let mut script = Script::start(language, code);
    let mut waits = 0;
    while let Some(name) = script.line() {
        if name == "nap" {
            script.stop();
            // Longer than the script's waits.
            wait_until(Instant::now() + Duration::from_millis(250), || None::<()>);
            script.go_on();
        } else {
            for _ in 0..2 {
                script.wait_for("waiting", |state| state == 'S');
                script.stop();
                script.go_on();
            }
            script.wait_for("waiting", |state| state == 'S');
            if name == "input" {
                let stdin = script.child.stdin.as_mut().expect("a pipe");
                stdin.write_all(b"x\n").expect("it reads");
            } else {
                script.peer.write_all(b"x").expect("it reads");
            }
        }
        let outcome = script.line();
        assert_eq!(outcome.as_deref(), Some("x"), "{language}: {name}");
        waits += 1;
    }
    let status = script.child.wait().expect("it has ended");
    assert!(
        status.success() && waits == 19,
        "{language}: {status}, {waits} waits"
    );
}

#[test]
fn waits_of_lua_go_on_after_a_stop() {
    waits_go_on("lua", LUA);
}

#[test]
fn waits_of_rhai_go_on_after_a_stop() {
    waits_go_on("rhai", RHAI);
}
