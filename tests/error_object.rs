//! An error caught by `pcall` has every field of the reference (`docs/reference/errors.md`), and the first line of its text is the last line of CPython's
//! traceback for the same failure: compared with a live `python3`.
#![cfg(all(feature = "cli", feature = "lua", target_os = "linux"))]

#[allow(dead_code, reason = "it serves several tests; this one needs a part")]
#[path = "support/runner.rs"]
mod runner;
#[allow(dead_code, reason = "it serves all integration tests; this one needs a part")]
mod support;

use std::process::Command;

use runner::{eval, room, tell, write};
use support::{LIMIT, Running};

/// The same failure in both languages.
const FAILURES: &[(&str, &str)] = &[
    (
        "local d = socket.socket() d:bind({'127.0.0.1', 0}) socket.socket():connect(d:getsockname())",
        "d = socket.socket(); d.bind(('127.0.0.1', 0)); socket.socket().connect(d.getsockname())",
    ),
    (
        "local d = socket.socket() d:bind({'127.0.0.1', 0}) socket.socket():bind(d:getsockname())",
        "d = socket.socket(); d.bind(('127.0.0.1', 0)); socket.socket().bind(d.getsockname())",
    ),
    (
        "local a, b = socket.socketpair() a:settimeout(0.01) a:recv(1)",
        "a, b = socket.socketpair(); a.settimeout(0.01); a.recv(1)",
    ),
    (
        "local a, b = socket.socketpair() a:setblocking(false) a:recv(1)",
        "a, b = socket.socketpair(); a.setblocking(False); a.recv(1)",
    ),
    (
        "local a, b = socket.socketpair() b:close() a:send('x')",
        "a, b = socket.socketpair(); b.close(); a.send(b'x')",
    ),
    (
        "local a, b = socket.socketpair() a:send('x') b:close() a:recv(1) a:recv(1)",
        "a, b = socket.socketpair(); a.send(b'x'); b.close(); a.recv(1); a.recv(1)",
    ),
    (
        "local s = socket.socket() s:close() s:listen()",
        "s = socket.socket(); s.close(); s.listen()",
    ),
    ("socket.socket():getpeername()", "socket.socket().getpeername()"),
    ("socket.socket():accept()", "socket.socket().accept()"),
    (
        "socket.socket():shutdown(socket.SHUT_RD)",
        "socket.socket().shutdown(socket.SHUT_RD)",
    ),
    ("socket.socket():recv(-1)", "socket.socket().recv(-1)"),
    ("socket.socket():settimeout(-1)", "socket.socket().settimeout(-1)"),
    (
        "socket.socket():connect({'127.0.0.1', 65536})",
        "socket.socket().connect(('127.0.0.1', 65536))",
    ),
    (
        "socket.socket():bind({'127.0.0.1', -1})",
        "socket.socket().bind(('127.0.0.1', -1))",
    ),
    ("socket.socket(99)", "socket.socket(99)"),
    (
        "socket.socket(socket.AF_UNIX):connect('missing')",
        "socket.socket(socket.AF_UNIX).connect('missing')",
    ),
    (
        "socket.socket(socket.AF_UNIX):bind('no/such/folder')",
        "socket.socket(socket.AF_UNIX).bind('no/such/folder')",
    ),
    (
        "socket.socket(socket.AF_UNIX):bind(('p'):rep(108))",
        "socket.socket(socket.AF_UNIX).bind('p' * 108)",
    ),
    (
        "socket.socket():setsockopt(socket.SOL_SOCKET, 9999, 1)",
        "socket.socket().setsockopt(socket.SOL_SOCKET, 9999, 1)",
    ),
    (
        "socket.getaddrinfo('127.0.0.1', 'no-such-service')",
        "socket.getaddrinfo('127.0.0.1', 'no-such-service')",
    ),
    (
        "socket.getaddrinfo('::1', 80, socket.AF_INET)",
        "socket.getaddrinfo('::1', 80, socket.AF_INET)",
    ),
    ("socket.inet_aton('nonsense')", "socket.inet_aton('nonsense')"),
    (
        "socket.inet_pton(socket.AF_INET6, '1.2.3.4')",
        "socket.inet_pton(socket.AF_INET6, '1.2.3.4')",
    ),
    ("socket.close(999999)", "socket.close(999999)"),
    ("bytearray(-1)", "bytearray(-1)"),
    ("error(errors.OSError(98, 'made'))", "raise OSError(98, 'made')"),
    ("error(errors.ValueError('made'))", "raise ValueError('made')"),
    ("error(errors.ValueError())", "raise ValueError"),
    (
        "error(socket.gaierror(-2, 'made'))",
        "raise socket.gaierror(-2, 'made')",
    ),
    ("error(socket.timeout('made'))", "raise socket.timeout('made')"),
];

#[test]
fn the_first_line_is_the_last_of_cpythons_traceback() {
    let Some(python) = support::python() else { return };
    let room = room("first_line");
    let mut problems = String::new();
    for (lua, code) in FAILURES {
        let script = format!(
            "local ok, e = pcall(function() {lua} end) assert(not ok) print((tostring(e):match('^[^\\n]*')))"
        );
        let told = tell(runner::command(["-e", &script]).current_dir(&room));
        let code = format!("import socket\n{code}");
        let mut command = Command::new(&python);
        let done = Running::start(command.args(["-c", &code]).current_dir(&room)).finish(LIMIT);
        let expected = done.stderr.lines().last().unwrap_or("no error");
        if told.stdout.trim_end() != expected {
            problems.push_str(&format!(
                "{lua}\n  - {expected}\n  + {}{}\n",
                told.stdout, told.stderr
            ));
        }
    }
    assert!(problems.is_empty(), "- CPython, + here\n{problems}");
}

#[test]
fn uncaught_it_is_told_with_the_same_line() {
    let room = room("uncaught");
    for (lua, _) in FAILURES {
        let caught =
            format!("local ok, e = pcall(function() {lua} end) print((tostring(e):match('^[^\\n]*')))");
        write(&room, "caught.lua", caught);
        write(&room, "uncaught.lua", lua);
        let caught = tell(runner::command(["caught.lua"]).current_dir(&room));
        let uncaught = tell(runner::command(["uncaught.lua"]).current_dir(&room));
        assert_eq!(uncaught.status, 1, "{lua}");
        assert!(
            uncaught.complaint().ends_with(caught.stdout.trim_end()),
            "{lua}: {uncaught:?}, not {:?}",
            caught.stdout
        );
    }
}

#[test]
fn what_has_no_place_of_its_own_is_told_where_it_ended_the_script() {
    for (code, told) in [
        ("\nerror(errors.ValueError)", "-e:2: ValueError\nstack traceback:"),
        (
            "local n = 0\nwhile true do n = n + 1 end",
            "-e:2: LimitError: the time limit of 0.2 seconds is over",
        ),
        (
            "local n = 0\n\ntask.sleep(9)",
            "-e:3: LimitError: the time limit of 0.2 seconds is over",
        ),
    ] {
        let ended = runner::run(["--timeout", "0.2", "-e", code]);
        assert!(
            ended.stderr.starts_with(&format!("wirescript: {told}")),
            "{code}: {ended:?}"
        );
    }
    #[cfg(feature = "rhai")]
    for (code, line) in [
        ("let n = 0;\nwhile true { n += 1; }", 2),
        ("let n = 0;\n\ntask::sleep(9);", 3),
        ("fn f() {\n  task::sleep(9);\n}\nf();", 2),
    ] {
        let ended = runner::run(["--rhai", "--timeout", "0.2", "-e", code]);
        let told = format!("wirescript: -e:{line}: LimitError: the time limit of 0.2 seconds is over");
        assert!(ended.stderr.starts_with(&told), "{code}: {ended:?}");
    }
}

/// Every field, in the order of the reference.
const SHOW_FIELDS: &str = r#"
local function show(f, ...)
  local ok, e = pcall(f, ...)
  assert(not ok and type(e) == "userdata", "no error object")
  for _, field in ipairs {"name", "errno", "code", "strerror", "message", "op", "address", "partial", "sent", "denied"} do
    io.write(field, "=", tostring(e[field]), "; ")
  end
  print("args=" .. table.concat(e.args, ","), "is=" .. tostring(e:is(e.name)), type(e.traceback))
  assert(e:is("Exception") and not e:is(errors.KeyError) and not e:is("no such class"))
  return e
end
"#;

/// Runs code that shows the fields of one error.
fn fields(code: &str) -> String {
    let told = eval(&format!("{SHOW_FIELDS}{code}"));
    assert_eq!((told.status, &*told.stderr), (0, ""), "{code}");
    told.stdout.trim_end().to_owned()
}

#[test]
fn every_field_is_there() {
    assert_eq!(
        fields("local s = socket.socket() s:close() show(s.recv, s, 1)"),
        "name=OSError; errno=9; code=EBADF; strerror=Bad file descriptor; message=[Errno 9] Bad file descriptor; op=recv; \
         address=nil; partial=nil; sent=nil; denied=false; args=9,Bad file descriptor\tis=true\tstring"
    );
    assert_eq!(
        fields("show(socket.getaddrinfo, '127.0.0.1', 'no-such-service')"),
        "name=gaierror; errno=-8; code=EAI_SERVICE; strerror=Servname not supported for ai_socktype; \
         message=[Errno -8] Servname not supported for ai_socktype; op=getaddrinfo; address=nil; partial=nil; sent=nil; \
         denied=false; args=-8,Servname not supported for ai_socktype\tis=true\tstring"
    );
    assert_eq!(
        fields("local a, b = socket.socketpair() a:settimeout(0.01) show(a.recv, a, 1)"),
        "name=TimeoutError; errno=nil; code=nil; strerror=nil; message=timed out; op=recv; address=nil; partial=nil; sent=nil; \
         denied=false; args=timed out\tis=true\tstring"
    );
    assert_eq!(
        fields("show(error, errors.ValueError())"),
        "name=ValueError; errno=nil; code=nil; strerror=nil; message=; op=nil; address=nil; partial=nil; sent=nil; \
         denied=false; args=\tis=true\tstring"
    );
}

#[test]
fn the_address_concerned_is_an_address() {
    let told = eval(&format!(
        "{SHOW_FIELDS}
         local deaf, s = socket.socket(), socket.socket()
         deaf:bind({{'127.0.0.1', 0}})
         local address = deaf:getsockname()
         local e = show(s.connect, s, address)
         assert(e.op == 'connect' and e.address == address and e.address.port == address.port)
         assert(tostring(e):find('address ' .. tostring(address), 1, true))
         e = show(s.bind, s, address)
         assert(e.op == 'bind' and e.address == address)
         -- Of a connection it is the peer's, which the text does not tell.
         local server <close> = socket.create_server({{'127.0.0.1', 0}})
         server:settimeout(0.01)
         e = show(server.accept, server)
         assert(e.address == server:getsockname() and not tostring(e):find('address'))
         local client <close> = socket.create_connection(server:getsockname(), 5)
         client:settimeout(0.01)
         e = show(client.recv, client, 1)
         assert(e.name == 'TimeoutError' and e.address == server:getsockname())
         client:settimeout(0)
         e = show(client.recv, client, 1)
         assert(e.name == 'BlockingIOError' and e.address == nil)
         local a, b = socket.socketpair()
         b:close()
         e = show(a.send, a, 'x')
         assert(e.name == 'BrokenPipeError' and e.address == nil)
         a:close() deaf:close() s:close()"
    ));
    assert_eq!((told.status, &*told.stderr), (0, ""), "{}", told.stdout);
}

/// CPython's text does not say whose argument is wrong: the line below it does.
#[test]
fn a_wrong_argument_is_told_with_the_function() {
    let told = eval(
        r#"
        local u = socket.socket(socket.AF_UNIX)
        for name, call in pairs{
          bind = function() u:bind(5) end,
          select = function() select.select(5, {}, {}) end,
          register = function() select.poll():register("x") end,
          array = function() array("i", 5) end,
          join = function() task.spawn(function() error(errors.TypeError("the script's own")) end):join() end,
        } do
          local ok, e = pcall(call)
          assert(e.name == "TypeError", tostring(e))
          local own = name == "join"
          assert((e.op == nil) == own and (e.op == name) ~= own, tostring(e))
          assert(not e.message:find(name, 1, true) and (tostring(e):find("in " .. name, 1, true) == nil) == own)
        end
        u:close()
        "#,
    );
    assert_eq!((told.status, &*told.stderr), (0, ""), "{}", told.stdout);
}

/// `op` is the call the script made, not the step of it that failed; an unknown host is told as it was given.
#[test]
fn the_operation_is_the_one_that_was_called() {
    let told = eval(
        r#"
        local function op(wanted, f, ...)
          local ok, e = pcall(f, ...)
          assert(not ok and e.op == wanted, wanted .. ': ' .. tostring(e))
          return e
        end
        local s, other = socket.socketpair()
        s:close()
        op('recvmsg_into', s.recvmsg_into, s, {bytearray(1)})
        op('recv_fds', socket.recv_fds, s, 1, 1)
        op('send_fds', socket.send_fds, s, {'x'}, {0})
        op('sendmsg', s.sendmsg, s, {'x'})
        op('sendfile', s.sendfile, s, open('/etc/passwd', 'rb'))
        local a, b = socket.socketpair()
        local t = tube.wrap(a)
        b:close()
        op('send', t.send, t, 'x')
        op('send_line', t.send_line, t, 'x')
        local name = 'nosuch.invalid'
        op('gethostbyname', socket.gethostbyname, name)
        op('gethostbyname_ex', socket.gethostbyname_ex, name)
        op('gethostbyaddr', socket.gethostbyaddr, name)
        op('getnameinfo', socket.getnameinfo, {name, 80}, 0)
        local there, u = {name, 80}, socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for _, e in ipairs {
          op('connect', u.connect, u, there), op('connect_ex', u.connect_ex, u, there), op('bind', u.bind, u, there),
          op('sendto', u.sendto, u, 'x', there), op('sendmsg', u.sendmsg, u, {'x'}, {}, 0, there),
        } do
          assert(e.name == 'gaierror' and e.address == there and e.address.host == name, e)
          assert(tostring(e):find("address ('nosuch.invalid', 80): ", 1, true), e)
        end"#,
    );
    assert_eq!((told.status, &*told.stderr), (0, ""), "{}", told.stdout);
}

/// What is said of the cause is said of this socket and this call.
#[test]
fn the_cause_is_the_one_there_was() {
    let told = eval(
        r#"
        local function cause(wanted, f, ...)
          local ok, e = pcall(f, ...)
          assert(not ok and tostring(e):find(wanted, 1, true), wanted .. ': ' .. tostring(e))
        end
        local number = 'no descriptor of that number is open'
        cause(number, socket.close, 999)
        cause(number, socket.fromfd, 999, 2, 1)
        cause(number, socket.socket, {fileno=999})
        cause(number, fcntl.fcntl, 999, fcntl.F_GETFD)
        local a, b = socket.socketpair()
        local sent = 'a descriptor that is to be sent is not open'
        cause(sent, a.sendmsg, a, {'x'}, {{socket.SOL_SOCKET, socket.SCM_RIGHTS, array('i', {999})}})
        cause(sent, socket.send_fds, a, {'x'}, {999})
        local written = os.tmpname()
        cause('io.UnsupportedOperation: read', a.sendfile, a, io.open(written, 'a'))
        cause('io.UnsupportedOperation: read', a.sendfile, a, open(written, 'ab'))
        os.remove(written)
        if sys.platform == 'linux' then
          local u = socket.socket(socket.AF_UNIX)
          cause('nobody listens at that name', u.connect, u, '\0nobody listens here')
        end
        cause('longer than MSG_DONTWAIT, SO_RCVTIMEO', a.recv, a, 1, socket.MSG_DONTWAIT)
        a:setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack('ll', 0, 10000))
        cause('longer than MSG_DONTWAIT, SO_RCVTIMEO', a.recv, a, 1)
        local pieces = {}
        for i = 1, 2000 do pieces[i] = 'x' end
        cause('more pieces than the system takes', a.sendmsg, a, pieces)
        a:setblocking(false)
        cause('the socket is in non-blocking mode', a.recv, a, 1)
        a:close()
        cause('the socket is closed', a.recv, a, 1)"#,
    );
    assert_eq!((told.status, &*told.stderr), (0, ""), "{}", told.stdout);
}

#[test]
fn arguments_of_a_program_may_be_numbers() {
    let told = eval(
        r#"
        local ok, e = pcall(tube.spawn, {'echo', {}})
        assert(not ok and e.message:find("item 2 must be str or a number, not list", 1, true), e)
        assert(tube.spawn({'echo', 5, 1.5}):recv_all() == '5 1.5\n')"#,
    );
    assert_eq!((told.status, &*told.stderr), (0, ""), "{}", told.stdout);
}

/// As a tuple: a field that was written would have been another one, and the address the same.
#[test]
fn an_address_is_not_written() {
    let told = eval(
        r#"
        local server = socket.create_server({'127.0.0.1', 0})
        local address = server:getsockname()
        local ok, e = pcall(function() address.port = 5 end)
        assert(not ok and e.name == 'AttributeError' and e.message == "'address' object attribute 'port' is read-only", e)
        assert(not pcall(function() address.other = 5 end) and address.other == nil and address == server:getsockname())"#,
    );
    assert_eq!((told.status, &*told.stderr), (0, ""), "{}", told.stdout);
}

/// A constant of another platform prints, and is equal to itself alone.
#[test]
fn a_constant_that_is_not_here_prints() {
    for (language, code) in [
        (
            "lua",
            "local c = socket.AF_SYSTEM
             print(repr(c) .. ' ' .. repr({c}) .. ' ' .. repr(c == c) .. ' ' .. repr(c == socket.AF_HYPERV) .. ' ' .. repr((pcall(task.sleep, c))))",
        ),
        (
            "rhai",
            "let c = socket::AF_SYSTEM;
             let raised = true;
             try { c == 5; raised = false; } catch {}
             print(`${repr(c)} ${repr([c])} ${repr(c == c && !(c != c))} ${repr(c == socket::AF_HYPERV)} ${repr(!raised)}`);",
        ),
    ] {
        let told = runner::run(["--lang", language, "-e", code]);
        assert_eq!(told.stdout, "AF_SYSTEM [AF_SYSTEM] True False False\n", "{}", told.stderr);
    }
}

/// What a wrong call looks most like is said of it.
#[test]
fn a_wrong_call_is_told_in_its_own_terms() {
    for (language, code, said) in [
        (
            "lua",
            "socket:socket()",
            "Write socket.socket(…), with a dot and not a colon",
        ),
        (
            "lua",
            "import socket",
            "syntax error near 'socket'. Nothing has to be imported",
        ),
        (
            "lua",
            "import rules",
            "A file of your own is loaded by: local name = require",
        ),
        (
            "rhai",
            "from rules import x;",
            "A file of your own is loaded by: import \"name\" as name;",
        ),
        (
            "lua",
            "with socket.socket() as s:",
            "local s <close> = socket.socket()",
        ),
        (
            "lua",
            "try\n s = 1",
            "Errors are caught by: local ok, e = pcall(function() … end)",
        ),
        (
            "lua",
            "socket.socket(family=socket.AF_INET)",
            "f(x, {name = value})",
        ),
        ("lua", "if 1 != 2 then end", "!= is written ~="),
        ("lua", "local x = 1\nx += 1", "x += 1 is written: x = x + 1"),
        ("lua", "socket::socket()", "with a dot: socket.socket()"),
        (
            "lua",
            "print(len('abc'))",
            "(global 'len'). The length of x is #x",
        ),
        (
            "lua",
            "socket.socket():connect('127.0.0.1', 80)",
            "(2 given). An address is one value: {host, port} in Lua, [host, port] in Rhai",
        ),
        (
            "lua",
            "socket.create_connection('127.0.0.1', 80)",
            "not string. An address is one value: {host, port}",
        ),
        (
            "lua",
            "repr(socket.gethostbyname_ex('localhost'))",
            "(3 given). Several results of a call are one value as {…}",
        ),
        (
            "lua",
            "local a, b = socket.socketpair()\nfor l in a:makefile() do end",
            "not callable. A loop over the lines of a file is: for line in f:lines() do",
        ),
        (
            "lua",
            "packet.UDP:pack{port=1}",
            "there is no field 'port'; there are source_port, destination_port, ",
        ),
        (
            "rhai",
            "import socket;",
            "incorrect: module (expecting string). Nothing has to be imported",
        ),
        (
            "rhai",
            "let s = socket::socket(); if s {}",
            "incorrect: socket (expecting bool)",
        ),
        (
            "rhai",
            "import \"socket\" as s;",
            "'socket.rhai'. Nothing has to be imported: socket:: is there",
        ),
        (
            "rhai",
            "let conn, addr = s.accept();",
            "let r = s.accept(); and then r[0], r[1]",
        ),
        (
            "rhai",
            "socket::socket(family=socket::AF_INET);",
            "f(x, #{name: value})",
        ),
        (
            "rhai",
            "let s = socket::socket(); s:close();",
            "A method is called with a dot",
        ),
        ("rhai", "print('abc');", "A text stands in double quotes"),
        ("rhai", "print(b\"abc\");", "Bytes are written bytes("),
        ("rhai", "print(true and false);", "and is written &&"),
        ("rhai", "if true: print(1)", "A block stands in braces"),
        ("rhai", "let x = nil;", "None is written ()"),
        ("rhai", "print(None);", "None is written ()"),
        (
            "rhai",
            "bytes(\"a b\").split(\" \");",
            "not found: split (blob, string). Write bytes::split(data, …)",
        ),
        (
            "rhai",
            "bytes(\"a\").starts_with(\"a\");",
            "Bytes are no text: bytes::decode(data) makes one",
        ),
        (
            "rhai",
            "let s = 1; fn f() { s + 1 } f();",
            "not found: s. A function sees no variables around it: give it 's' as an argument",
        ),
        (
            "rhai",
            "socket::socket().connect(\"127.0.0.1\", 80);",
            "(2 given). An address is one value",
        ),
        (
            "rhai",
            "socket::socket().connect(\"127.0.0.1:80\");",
            "must be tuple, not string. An address is one value",
        ),
        (
            "lua",
            "time:sleep(1)",
            "Write time.sleep(…), with a dot and not a colon",
        ),
        (
            "lua",
            "error({code=2, 'a'})",
            "wirescript: {1: b'a', 'code': 2}\n",
        ),
        (
            "rhai",
            "socket.socket();",
            "Write socket::socket, with two colons and not a dot",
        ),
        (
            "rhai",
            "let a = socket.AF_INET;",
            "Write socket::AF_INET, with two colons and not a dot",
        ),
        (
            "rhai",
            "print(\"a\", \"b\");",
            "print takes one value; several go into a text",
        ),
        (
            "rhai",
            "let f = |a, b| 1; f.call(1);",
            "TypeError: a closure is called with (i64), and has other parameters",
        ),
        (
            "rhai",
            "let handler = #{\nhandle: || {\nthrow \"it broke\";\n} };\n
             with server = socketserver::TCPServer([\"127.0.0.1\", 0], handler) {
                 let c = socket::create_connection(server.server_address);
                 server.handle_request();
                 throw \"at the end\";
             }",
            "\n-e:3: RuntimeError: it broke\n",
        ),
    ] {
        let told = runner::run(["--lang", language, "-e", code]);
        assert_eq!(told.status, 1, "{code}: {}", told.stderr);
        assert!(told.stderr.contains(said), "{code}: {}", told.stderr);
        assert!(
            !told.stderr.contains("anon$") && !told.stderr.contains("table: 0x"),
            "{code}: {}",
            told.stderr
        );
    }
}

#[test]
fn what_left_before_a_failed_sendall_is_counted() {
    let told = eval(&format!(
        "{SHOW_FIELDS}
         local a, b = socket.socketpair()
         a:settimeout(0.01)
         local e = show(a.sendall, a, ('x'):rep(1 << 24))
         local arrived = 0
         a:close()
         repeat
           local piece = b:recv(1 << 20)
           arrived = arrived + #piece
         until piece == ''
         assert(e.name == 'TimeoutError' and e.sent == arrived and arrived > 0, arrived)"
    ));
    assert_eq!((told.status, &*told.stderr), (0, ""), "{}", told.stdout);
}

#[test]
fn the_traceback_names_the_scripts_lines() {
    let room = room("traceback");
    write(
        &room,
        "deep.lua",
        "local function inner()\n  bytearray(-1)\nend\nlocal function outer()\n  inner()\n  return 1\nend\n\
         local ok, e = pcall(outer)\nprint(e.traceback)\n",
    );
    let told = tell(runner::command(["deep.lua"]).current_dir(&room));
    let lines: Vec<&str> = told.stdout.lines().collect();
    assert!(lines.len() >= 3, "{told:?}");
    assert!(
        lines[0].contains("deep.lua:2") && lines[1].contains("deep.lua:5"),
        "{told:?}"
    );
}

#[test]
fn a_method_without_its_object_says_so() {
    let told = eval(
        "local s <close> = socket.socket()
         for _, f in ipairs {function() s.recv(1024) end, function() s.sendall('abc') end, function() s.close() end,
                             function() s.recv() end, function() s.bind({'127.0.0.1', 0}, 1, 2, 3) end,
                             function() errors.ValueError().is('x') end} do
           local ok, e = pcall(f)
           print(e.name, e.message)
           assert(tostring(e):find('with a colon and not a dot', 1, true), tostring(e))
         end",
    );
    assert_eq!((told.status, &*told.stderr), (0, ""));
    assert_eq!(
        told.stdout,
        "TypeError\tsocket.recv() must be called on a socket, not int\n\
         TypeError\tsocket.sendall() must be called on a socket, not string\n\
         TypeError\tsocket.close() must be called on a socket, not None\n\
         TypeError\tsocket.recv() must be called on a socket, not None\n\
         TypeError\tsocket.bind() must be called on a socket, not list\n\
         TypeError\terror.is() must be called on an error, not string\n"
    );
}

#[test]
fn a_refusal_by_the_policy_blames_nothing_else() {
    let code = "local ok, e = pcall(socket.create_connection, {'127.0.0.1', 9}) print(e.denied) print(e)";
    let told = runner::run(["--deny-net=127.0.0.1", "-e", code]);
    assert_eq!((told.status, &*told.stderr), (0, ""));
    assert_eq!(
        told.stdout,
        "true\nPermissionError: [Errno 13] the policy denies connecting to ('127.0.0.1', 9) (net 127.0.0.1)\n  \
         in connect, address ('127.0.0.1', 9)\n"
    );
}

/// What it takes to be allowed stands below a refusal; where nothing does, nothing is said.
#[test]
fn a_refusal_names_the_grant_that_is_missing() {
    for (flags, lua, rhai, said) in [
        (
            "",
            "socket.getaddrinfo('localhost', 1)",
            "socket::getaddrinfo(\"localhost\", 1);",
            "resolving 'localhost'\n  in getaddrinfo: --allow-net=localhost:1, or --allow-resolve=localhost for the addresses alone, would allow it\n",
        ),
        (
            "",
            "socket.gethostbyname('localhost')",
            "socket::gethostbyname(\"localhost\");",
            "in gethostbyname: --allow-resolve=localhost would allow it\n",
        ),
        (
            "",
            "socket.socket()",
            "socket::socket();",
            "a socket of family AF_INET, type SOCK_STREAM, protocol 0\n  --allow-net or --allow-listen would allow it\n",
        ),
        (
            "--allow-net=192.0.2.1:80",
            "socket.socket(socket.AF_INET6):connect({'::1', 80})",
            "socket::socket(socket::AF_INET6).connect([\"::1\", 80]);",
            ": --allow-net=[::1]:80 would allow it\n",
        ),
        (
            "--allow-net=192.0.2.1:80",
            "socket.create_server({'127.0.0.1', 80})",
            "socket::create_server([\"127.0.0.1\", 80]);",
            ": --allow-listen=127.0.0.1:80 would allow it\n",
        ),
        (
            "",
            "open('/srv/x', 'w')",
            "open(\"/srv/x\", \"w\");",
            ": --allow-write=/srv/x would allow it\n",
        ),
        (
            "",
            "tube.spawn({'true'})",
            "tube::spawn([\"true\"]);",
            ": --allow-run=true would allow it\n",
        ),
        (
            "",
            "socket.gethostname()",
            "socket::gethostname();",
            ": --allow-info would allow it\n",
        ),
        // Memory is no file, whatever is granted.
        (
            "",
            "open('/proc/self/mem')",
            "open(\"/proc/self/mem\");",
            "(memory)\n",
        ),
    ] {
        for (language, code) in [("lua", lua), ("rhai", rhai)] {
            let words = flags.split_whitespace().chain(["--lang", language, "-e", code]);
            let told = runner::run(std::iter::once("--sandbox").chain(words));
            assert_eq!(told.status, 1, "{code}: {}", told.stderr);
            assert!(told.stderr.contains(said), "{code}: {}", told.stderr);
        }
    }
}

#[test]
fn objects_are_equal_to_themselves() {
    let told = eval(
        "local class = setmetatable({}, {__index = {}})
         local f, thread = function() end, coroutine.create(print)
         for _, one in ipairs {class, f, print, thread, io.stdout, socket, select.poll(), tube.pattern('x'), {1, f},
                               errors.ValueError('x'), socket.getaddrinfo('127.0.0.1', 1)[1]} do
           expect.equal(one, one)
           expect.equal({one}, {one})
         end
         expect.not_equal(f, function() end)
         expect.not_equal(setmetatable({}, {}), class)
         expect.not_equal(errors.ValueError('x'), errors.ValueError('x'))",
    );
    assert_eq!((told.status, &*told.stderr), (0, ""));
}
