//! What happens to bytes and to other tasks while TLS is spoken: plain text before and after, much more than fits, many
//! handshakes at once.

use std::process::Command;

use super::peers::served;
use super::support::{self, LIMIT, Running};
use super::{PAIR, certificates, prints};

#[test]
fn plain_text_becomes_tls_and_plain_again() {
    let code = r#"
        local a, b = socket.socketpair()
        local t = task.spawn(function()
          assert(b:recv(100) == "STARTTLS\r\n")
          b:sendall("220 go ahead\r\n")
          local s = server("server"):wrap_socket(b, {server_side = true})
          assert(b:fileno() == -1, "detached")
          s:sendall("secret")
          s:unwrap()
          s:sendall("plain again")
          s:close()
        end)
        a:sendall("STARTTLS\r\n")
        print((a:recv(100):gsub("%s+$", "")))
        local s = client():wrap_socket(a, {server_hostname = "localhost"})
        print(s:recv(100))
        s:unwrap()
        print(s:recv(100), repr(s:recv(100)))
        s:close()
        t:join()
        -- Much more than fits, with a peer that reads late: nothing is lost and nothing comes twice.
        local a, b = socket.socketpair()
        local data = {}
        for n = 1, 200000 do data[n] = ("%07d\n"):format(n) end
        data = table.concat(data)
        local t = task.spawn(function()
          local s = server("server"):wrap_socket(b, {server_side = true})
          s:settimeout(0.05)
          local sent = 0
          while sent < #data do
            local ok, n = pcall(s.send, s, data:sub(sent + 1))
            if ok then sent = sent + n else assert(n:is(socket.timeout), n) end
          end
          s:shutdown(socket.SHUT_WR)
          s:close()
        end)
        local s = client():wrap_socket(a, {server_hostname = "localhost"})
        task.sleep(0.3)
        local parts = {}
        while true do
          local part = s:recv(50000)
          if part == "" then break end
          parts[#parts + 1] = part
        end
        t:join()
        print(table.concat(parts) == data)
    "#;
    prints(
        "lua",
        &format!("{PAIR}{code}"),
        "220 go ahead\nsecret\nplain again\tb''\ntrue",
    );
}

/// A limit around a call says that it was the limit; the socket's own timeout is told as CPython tells it.
/// A send that gave up is gone on with where its error says, in pieces of any size.
#[test]
fn nothing_comes_twice_after_a_send_that_gave_up() {
    let lua = r#"
        local function pair()
          local a, b = socket.socketpair()
          local t = task.spawn(function() return server("server"):wrap_socket(a, {server_side = true}) end)
          return client():wrap_socket(b, {server_hostname = "localhost"}), t:join()
        end
        local data = {}
        for n = 1, 60000 do data[n] = ("%07d\n"):format(n) end
        data = table.concat(data)
        local function second(_, e) return e end
        local ways = {
          timeout = function(c) c:settimeout(0.05) return second(pcall(c.sendall, c, data)) end,
          nonblocking = function(c) c:setblocking(false) return second(pcall(c.sendall, c, data)) end,
          cancel = function(c)
            local t = task.spawn(c.sendall, c, data)
            task.sleep(0.05)
            t:cancel()
            return second(pcall(t.join, t))
          end,
          limit = function(c) return second(pcall(task.timeout, 0.05, c.sendall, c, data)) end,
        }
        for name, way in pairs(ways) do
          for _, size in ipairs {1000, 20000, 70000, #data} do
            local c, s = pair()
            local sent = way(c).sent
            assert(sent > 0 and sent < #data, name)
            local reader = task.spawn(function()
              local parts = {}
              while true do
                local part = s:recv(65536)
                if part == "" then break end
                parts[#parts + 1] = part
              end
              return table.concat(parts)
            end)
            c:settimeout(nil)
            while sent < #data do sent = sent + c:send(data:sub(sent + 1, sent + size)) end
            c:close()
            assert(reader:join() == data, name .. " " .. size)
          end
        end
        print("all of it, once")
    "#;
    prints("lua", &format!("{PAIR}{lua}"), "all of it, once");
}

/// A handshake that has not been made waits for the peer, not for room.
#[test]
fn a_send_before_the_handshake_waits_for_the_peer() {
    let lua = r#"
        local a, b = socket.socketpair()
        local c = client():wrap_socket(b, {server_hostname = "localhost", do_handshake_on_connect = false})
        c:setblocking(false)
        for _ = 1, 2 do
          for _, method in ipairs {"send", "sendall"} do
            local ok, e = pcall(c[method], c, "x")
            assert(not ok and e.name == "SSLWantReadError", e)
          end
        end
        c:setblocking(true)
        local t = task.spawn(function()
          task.sleep(0.05)
          local s = server("server"):wrap_socket(a, {server_side = true})
          return s:recv(100)
        end)
        c:sendall("hello")
        print(t:join())
    "#;
    prints("lua", &format!("{PAIR}{lua}"), "hello");
}

#[test]
fn limits_of_a_task_name_themselves() {
    let code = r#"
        local sc, cc = server("server"), client()
        local name = {server_hostname = "localhost"}
        local function spoken()
          local a, b = socket.socketpair()
          local t = task.spawn(function() return sc:wrap_socket(b, {server_side = true}) end)
          local s = cc:wrap_socket(a, name)
          return s, t:join()
        end
        local function begun()
          local a, b = socket.socketpair()
          local s = cc:wrap_socket(a, {server_hostname = "localhost", do_handshake_on_connect = false})
          return s, a, b
        end
        local function told(what, ok, e)
          print(what, ok, e.name, (e.message:gsub("%(set at .*script%d+%.lua:%d+%)", "(set at here)")))
        end
        local calls = {
          recv = {spoken, function(s) s:recv(1) end},
          readline = {spoken, function(s) s:makefile("rb"):readline() end},
          sendall = {spoken, function(s) s:sendall(("x"):rep(1 << 24)) end},
          unwrap = {spoken, function(s) s:unwrap() end},
          do_handshake = {begun, function(s) s:do_handshake() end},
        }
        for _, call in ipairs {"recv", "readline", "sendall", "unwrap", "do_handshake"} do
          local make, run = table.unpack(calls[call])
          local s <close>, far, third = make()
          told(call, pcall(task.timeout, 0.03, function() run(s) end))
          local s <close>, far, third = make()
          s:settimeout(0.03)
          told(call, pcall(task.timeout, 10, function() run(s) end))
        end
        local a, b = socket.socketpair()
        told("wrap_socket", pcall(task.timeout, 0.03, function() cc:wrap_socket(a, name) end))
        local listener = sc:wrap_socket(socket.create_server({"127.0.0.1", 0}), {server_side = true})
        local silent = socket.create_connection(listener:getsockname())
        told("accept", pcall(task.timeout, 0.03, function() listener:accept() end))
    "#;
    let limit = |call: &str| {
        format!("{call}\tfalse\tTimeoutError\ttask.timeout: 0.03 seconds have passed (set at here)\n")
    };
    let own = |call: &str, operation: &str| {
        format!("{call}\tfalse\tTimeoutError\tThe {operation} operation timed out\n")
    };
    let mut expected = String::new();
    for (call, operation) in [
        ("recv", "read"),
        ("readline", "read"),
        ("sendall", "write"),
        ("unwrap", "read"),
        ("do_handshake", "handshake"),
    ] {
        expected += &limit(call);
        expected += &own(call, operation);
    }
    expected += &limit("wrap_socket");
    expected += &limit("accept");
    prints("lua", &format!("{PAIR}{code}"), &expected);
}

/// A thousand handshakes at once on one thread, both sides of each: a task that sleeps a millisecond wakes soon after, and one
/// that has a byte sent back by another soon has it. What is measured is the processor time that others took meanwhile, so
/// that a busy machine changes nothing; where woken tasks stood behind new ones it was a twentieth of the whole.
#[test]
fn handshakes_hold_nobody_up() {
    let code = r#"
        local sc, cc = server("server"), client()
        local latest, longest, running = 0, 0, true
        local sleeper = task.spawn(function()
          while running do
            local before = os.clock()
            task.sleep(0.001)
            latest = math.max(latest, os.clock() - before - 0.001)
          end
        end)
        local near, far = socket.socketpair()
        local echo = task.spawn(function()
          for _ = 1, math.huge do
            local byte = far:recv(1)
            if byte == "" then break end
            far:sendall(byte)
          end
        end)
        local asker = task.spawn(function()
          while running do
            local before = os.clock()
            near:sendall("x")
            near:recv(1)
            longest = math.max(longest, os.clock() - before)
            task.sleep(0.001)
          end
          near:close()
        end)
        local begun, tasks, done = os.clock(), {}, 0
        for n = 1, 1000 do
          local a, b = socket.socketpair()
          for side, s in ipairs({a, b}) do
            tasks[#tasks + 1] = task.spawn(function()
              local s <close> = side == 1 and cc:wrap_socket(a, {server_hostname = "localhost"}) or sc:wrap_socket(b, {server_side = true})
              done = done + 1
            end)
          end
        end
        for _, t in ipairs(tasks) do t:join() end
        local most = math.max(0.03, (os.clock() - begun) / 25)
        running = false
        for _, t in ipairs({sleeper, asker, echo}) do t:join() end
        print(done, latest < most or latest, longest < most or longest)
    "#;
    prints("lua", &format!("{PAIR}{code}"), "2000\ttrue\ttrue");
}

/// CPython's client says all it has in one go: its last word of the handshake and a request. Then in how many pieces what
/// it waits for comes: an answer, or tickets alone where the request is `quiet`.
const EAGER_CLIENT: &str = r#"
import socket, ssl, sys
port, request = sys.argv[1:]
raw = socket.create_connection(("127.0.0.1", int(port)))
arriving, leaving = ssl.MemoryBIO(), ssl.MemoryBIO()
c = ssl.create_default_context(cafile="ca.pem")
s = c.wrap_bio(arriving, leaving, server_hostname="localhost")
while True:
    try:
        s.do_handshake()
        break
    except ssl.SSLWantReadError:
        raw.sendall(leaving.read())
        arriving.write(raw.recv(65536))
s.write(request.encode())
raw.sendall(leaving.read())
pieces, answer = 0, b""
while not answer and not (request == "quiet" and s.session.has_ticket):
    arriving.write(raw.recv(65536))
    pieces += 1
    try:
        answer = s.read(100)
    except ssl.SSLWantReadError:
        pass
print(pieces, answer.decode(), s.session.has_ticket)
"#;

#[test]
fn tickets_leave_with_the_answer_or_before_the_wait() {
    let Some(python) = support::python() else { return };
    let lua = r#"
        local c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        c:load_cert_chain("server.pem")
        local l = socket.create_server({"127.0.0.1", 0})
        print(l:getsockname().port)
        io.stdout:flush()
        for _ = 1, 2 do
            local s = c:wrap_socket(l:accept(), {server_side = true})
            local asked = s:recv(100)
            if asked == "quiet" then print(#s:recv(100)) else s:sendall(asked:upper()) end
            s:close()
        end
    "#;
    let rhai = r#"
        let c = ssl::SSLContext(ssl::PROTOCOL_TLS_SERVER);
        c.load_cert_chain("server.pem");
        let l = socket::create_server(["127.0.0.1", 0]);
        print(l.getsockname()[1]);
        sys::stdout.flush();
        for n in 0..2 {
            let s = c.wrap_socket(l.accept()[0], #{server_side: true});
            let asked = s.recv(100).as_string();
            if asked == "quiet" { print(s.recv(100).len()); } else { s.sendall(asked.to_upper()); }
            s.close();
        }
    "#;
    for (ending, code) in [("lua", lua), ("rhai", rhai)] {
        let server = served(ending, code);
        for (request, told) in [("hello", "1 HELLO True\n"), ("quiet", "1  True\n")] {
            let mut client = Command::new(&python);
            client.args(["-c", EAGER_CLIENT, &server.port, request]);
            let done = Running::start(client.current_dir(certificates())).finish(LIMIT);
            assert_eq!(done.stdout, told, "{ending}, {request}: {}", done.stderr);
        }
    }
}

/// Of two small packets the kernel keeps the second until the peer has confirmed the first, which takes 40 ms.
#[test]
fn what_a_client_answers_leaves_in_one_packet() {
    let code = r#"
        local a, b = socket.socketpair()
        local c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        c:load_cert_chain("server.pem")
        local t = task.spawn(function() c:wrap_socket(b, {server_side = true}):close() end)
        ssl.create_default_context{cafile = "ca.pem"}:wrap_socket(a, {server_hostname = "localhost"}):close()
        t:join()
    "#;
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirescript"));
    command.args(["--trace", "packets.jsonl", "-e", code]);
    let done = Running::start(command.current_dir(certificates())).finish(LIMIT);
    assert!(
        done.status.is_some_and(|status| status.success()),
        "{}",
        done.stderr
    );
    let trace = std::fs::read_to_string(certificates().join("packets.jsonl")).expect("a trace");
    let of_client = |line: &&str| line.contains("\"socket\":1,");
    let packets: Vec<_> = trace
        .lines()
        .filter(of_client)
        .take_while(|line| !line.contains("do_handshake"))
        .filter(|line| line.contains("\"event\":\"sent\""))
        .collect();
    assert_eq!(packets.len(), 2, "a greeting and an answer: {packets:#?}");
}
