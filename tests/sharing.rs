//! `share` and `fromshare` between two processes: the one that is named gets the socket, another does not.
#![cfg(all(feature = "cli", feature = "lua", target_os = "linux"))]

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};

/// Tells its number, takes the socket that its standard input names, and sends through it.
const TAKER: &str = r#"
    local a, b = socket.socketpair()
    print((string.unpack("=i4", a:getsockopt(socket.SOL_SOCKET, 17, 12))))
    a:close()
    b:close()
    io.stdout:flush()
    local data = io.read("l"):gsub("..", function(hex) return string.char(tonumber(hex, 16)) end)
    local ok, taken = pcall(socket.fromshare, data)
    if not ok then print(taken.code) return end
    taken:sendall("from the other process")
    taken:close()
    print("taken")
"#;

/// Shares one end of a pair with the process its argument names, closes it, and hears what comes out of the other.
const SHARER: &str = r#"
    local a, b = socket.socketpair()
    b:settimeout(10)
    local data = a:share(tonumber(arg[1]))
    a:close()
    print((data:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end)))
    io.stdout:flush()
    assert(b:recv(100) == "from the other process")
    b:close()
    print("heard")
"#;

/// A running script, and what it prints.
struct Script {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Script {
    fn start(code: &str, argument: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_wirescript"))
            .args(["-e", code, argument])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let lines = BufReader::new(child.stdout.take().expect("its standard output"));
        Self { child, lines }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).expect("a line");
        line.trim_end().to_owned()
    }

    fn tell(&mut self, line: &str) {
        let input = self.child.stdin.as_mut().expect("its standard input");
        writeln!(input, "{line}").expect("it listens");
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        // One that has ended is left alone.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn only_the_named_process_gets_the_socket() {
    let mut taker = Script::start(TAKER, "");
    let mut stranger = Script::start(TAKER, "");
    let (named, _) = (taker.line(), stranger.line());
    let mut sharer = Script::start(SHARER, &named);
    let offer = sharer.line();
    stranger.tell(&offer);
    assert_eq!(stranger.line(), "EACCES");
    taker.tell(&offer);
    assert_eq!(taker.line(), "taken");
    assert_eq!(sharer.line(), "heard");
}

#[test]
fn an_offer_ends_with_the_program_that_made_it() {
    let mut taker = Script::start(TAKER, "");
    let named = taker.line();
    let mut sharer = Script::start(SHARER, &named);
    let offer = sharer.line();
    drop(sharer);
    taker.tell(&offer);
    assert_eq!(taker.line(), "ECONNREFUSED");
}
