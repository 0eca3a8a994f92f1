//! What can befall a process that has done nothing wrong: descriptors run out, it is stopped and goes on, its peer is killed
//! in the middle of a transfer. Scripts go on, or are told what happened; nothing that had arrived is lost. The same in Lua and
//! in Rhai. `clock_jumps.rs` sets the clock, `forking.rs` forks, `errno_faults.rs` has every call fail.
#![cfg(all(feature = "cli", feature = "lua", feature = "rhai", target_os = "linux"))]

#[allow(dead_code, reason = "it serves several tests; this one needs a part")]
#[path = "support/runner.rs"]
mod runner;
#[allow(dead_code, reason = "it serves all integration tests; this one needs a part")]
mod support;

#[path = "mishaps/killed.rs"]
mod killed;
#[path = "mishaps/stopped.rs"]
mod stopped;

use std::process::Command;

use runner::{WIRESCRIPT, tell};

/// A server takes connections in tasks until no descriptor is left: who was served is served on, and who comes then is served
/// as soon as one is given back.
const EXHAUSTED: [(&str, &str); 2] = [
    (
        "lua",
        r#"
local Echo = socketserver.class(socketserver.StreamRequestHandler)
function Echo:handle() for line in self.rfile:lines() do self.wfile:write("<" .. line) end end
local server = socketserver.ThreadingTCPServer({"127.0.0.1", 0}, Echo)
local serving = task.spawn(function() server:serve_forever() end)
local function ask(s, word) s:sendall(word .. "\n") io.write(s:recv(100)) end
local first = socket.create_connection(server.server_address)
ask(first, "one")
local fill = {}
while true do
  local ok, s = pcall(socket.socket)
  if not ok then print(s.errno == errno.EMFILE) break end
  table.insert(fill, s)
end
local late = table.remove(fill)
late:connect(server.server_address)
ask(first, "two")
table.remove(fill):close()
ask(late, "three")
late:close()
first:close()
server:shutdown()
serving:join()
server:server_close()
for _, s in ipairs(fill) do s:close() end

-- Where the script itself accepts it is told, and what waits is not lost.
local listener = socket.create_server({"127.0.0.1", 0})
local client = socket.create_connection(listener:getsockname())
fill = {}
while true do
  local ok, s = pcall(socket.socket)
  if not ok then break end
  table.insert(fill, s)
end
for _, accept in ipairs {function(f) return f() end, function(f) return task.spawn(f):join() end} do
  local ok, e = accept(function() return pcall(listener.accept, listener) end)
  print(ok, e.errno == errno.EMFILE)
end
table.remove(fill):close()
local conn = listener:accept()
client:sendall("four\n")
io.write(conn:recv(100))
"#,
    ),
    (
        "rhai",
        r#"
fn show(data) { let text = data.as_string(); text.trim(); print(text); }
fn ask(s, word) { s.sendall(word + "\n"); show(s.recv(100)); }
fn fill() {
    let all = [];
    loop {
        try { all.push(socket::socket()); } catch (e) { print(e.errno == errno::EMFILE); return all; }
    }
}
let Echo = socketserver::class(socketserver::StreamRequestHandler, #{
    handle: || { for line in this.rfile { this.wfile.write("<" + line.as_string()); } }
});
let server = socketserver::ThreadingTCPServer(["127.0.0.1", 0], Echo);
let serving = task::spawn(|| server.serve_forever());
let first = socket::create_connection(server.server_address);
ask(first, "one");
let all = fill();
let late = all.pop();
late.connect(server.server_address);
ask(first, "two");
all.pop().close();
ask(late, "three");
late.close();
first.close();
server.shutdown();
serving.join();
server.server_close();
for s in all { s.close(); }

let listener = socket::create_server(["127.0.0.1", 0]);
let client = socket::create_connection(listener.getsockname());
all = fill();
let accept = || { try { listener.accept(); } catch (e) { return e.errno == errno::EMFILE; } };
print(accept.call());
print(task::spawn(accept).join());
all.pop().close();
let conn = listener.accept()[0];
client.sendall("four\n");
show(conn.recv(100));
"#,
    ),
];

#[test]
fn a_server_without_descriptors_serves_on() {
    let expected = [
        "<one\ntrue\n<two\n<three\nfalse\ttrue\nfalse\ttrue\nfour\n",
        "<one\ntrue\n<two\n<three\ntrue\ntrue\ntrue\nfour\n",
    ];
    for ((language, code), expected) in EXHAUSTED.into_iter().zip(expected) {
        let mut command = Command::new("sh");
        command.args([
            "-c",
            r#"ulimit -n 48 && exec "$0" "$@""#,
            WIRESCRIPT,
            "--lang",
            language,
            "-e",
            code,
        ]);
        let told = tell(&mut command);
        assert_eq!(
            (&*told.stdout, told.status),
            (expected, 0),
            "{language}: {}",
            told.stderr
        );
    }
}
