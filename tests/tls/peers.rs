//! The other side is somebody else's: CPython's `ssl` and the command `openssl`, as server and as client, with TLS 1.2 and 1.3,
//! in Lua and in Rhai.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use super::peer::{Peer, is_missing};
use super::support::{self, LIMIT, Running};
use super::{certificates, output, prints};

/// The command `openssl`, or none with a word about it.
fn openssl(words: &[&str]) -> Option<Command> {
    if Command::new("openssl").arg("version").output().is_err() {
        is_missing("openssl", "talking to it");
        return None;
    }
    let mut command = Command::new("openssl");
    command
        .args(words)
        .current_dir(certificates())
        .stderr(Stdio::null());
    Some(command)
}

/// `openssl s_server` on a port of the kernel's choice. Its standard input stays open: the plain mode ends the connection
/// where that ends, and what one reads then is empty.
fn s_server(words: &[&str]) -> Option<Peer> {
    let mut command = openssl(&["s_server", "-accept", "127.0.0.1:0", "-cert", "server.pem"])?;
    command.args(words);
    Some(Peer::start(&mut command, "ACCEPT "))
}

/// A server of CPython's `ssl` that echoes one connection; prints its port first.
const PYTHON_SERVER: &str = r#"
import socket, ssl, sys
c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
c.load_cert_chain("server.pem")
c.set_alpn_protocols(["echo/2", "echo/1"])
if sys.argv[1] == "client":
    c.verify_mode = ssl.CERT_REQUIRED
    c.load_verify_locations("ca.pem")
l = socket.create_server(("127.0.0.1", 0))
print(l.getsockname()[1], flush=True)
conn = l.accept()[0]
with c.wrap_socket(conn, server_side=True) as s:
    while True:
        data = s.recv(65536)
        if not data: break
        s.sendall(data)
    s.unwrap()
"#;

/// A client of CPython's `ssl`: sends 300,000 bytes, reads them back, says goodbye in order.
const PYTHON_CLIENT: &str = r#"
import socket, ssl, sys
port, version, identity = sys.argv[1:]
c = ssl.create_default_context(cafile="ca.pem")
c.minimum_version = c.maximum_version = getattr(ssl.TLSVersion, version)
c.set_alpn_protocols(["echo/1"])
if identity: c.load_cert_chain(identity)
with c.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname="localhost") as s:
    data = bytes(range(250)) * 1200
    s.sendall(data[:100000])
    back = b""
    while len(back) < 100000: back += s.recv(65536)
    s.sendall(data[100000:])
    while len(back) < len(data): back += s.recv(65536)
    print(back == data, s.version(), s.selected_alpn_protocol(), s.getpeercert()["subject"][0][0][1])
    plain = s.unwrap()
    print(plain.recv(100))
    plain.close()
"#;

/// Runs a script against CPython's server, with `PORT` in its code.
fn against_python(argument: &str, ending: &str, code: &str, expected: &str) {
    if support::python().is_none() {
        return;
    }
    let mut server = Command::new("python3");
    server
        .args(["-c", PYTHON_SERVER, argument])
        .current_dir(certificates());
    let peer = Peer::start(&mut server, "");
    prints(ending, &code.replace("PORT", &peer.port), expected);
}

#[test]
fn a_client_talks_to_cpythons_server() {
    let lua = r#"
        local c = ssl.create_default_context({cafile = "ca.pem"})
        c:set_alpn_protocols({"echo/1"})
        local s = c:wrap_socket(socket.create_connection({"127.0.0.1", PORT}), {server_hostname = "localhost"})
        local data = string.rep("0123456789", 50000)
        local t = task.spawn(function() s:sendall(data) end)
        local n = 0
        while n < #data do n = n + #s:recv(65536) end
        t:join()
        print(n, s:version(), s:selected_alpn_protocol(), (s:cipher()))
        local cert = s:getpeercert()
        print(repr(cert.subject), repr(cert.subjectAltName))
        print(s.server_side, s.server_hostname, s.context == c, s:pending())
        local plain = s:unwrap()
        print(plain == s, s:version(), repr(s:recv(10)))
    "#;
    let expected = "500000\tTLSv1.3\techo/1\tTLS_AES_256_GCM_SHA384\n\
        ((('commonName', 'server'),),)\t(('DNS', 'localhost'), ('IP Address', '127.0.0.1'))\n\
        false\tlocalhost\ttrue\t0\ntrue\tnil\tb''";
    // Who says goodbye first waits for the other: CPython's server reads it as the end and answers.
    against_python("plain", "lua", lua, expected);
    let rhai = r#"
        let c = ssl::create_default_context(#{cafile: "ca.pem"});
        c.load_cert_chain("client.pem");
        c.maximum_version = ssl::TLSVersion.TLSv1_2;
        let s = c.wrap_socket(socket::create_connection(["127.0.0.1", PORT]), #{server_hostname: "localhost"});
        let f = s.makefile("rw");
        f.write("one\ntwo\n");
        f.flush();
        print(`${f.readline().len()} ${s.version()} ${s.cipher()[0]}`);
        print(s.getpeercert().issuer[0][0][1]);
        f.close();
        s.close();
    "#;
    against_python(
        "client",
        "rhai",
        rhai,
        "4 TLSv1.2 ECDHE-ECDSA-AES256-GCM-SHA384\nca",
    );
}

/// Echo servers for CPython's client: each prints its port, then what it knows of the client.
const LUA_SERVER: &str = r#"
    local c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    c:load_cert_chain("server.pem")
    c:set_alpn_protocols({"echo/2", "echo/1"})
    c.verify_mode = ssl.CERT_OPTIONAL
    c:load_verify_locations("ca.pem")
    local l <close> = c:wrap_socket(socket.create_server({"127.0.0.1", 0}), {server_side = true})
    print(l:getsockname().port)
    io.stdout:flush()
    local s = l:accept()
    while true do
      local data = s:recv(65536)
      if data == "" then break end
      s:sendall(data)
    end
    local cert = s:getpeercert()
    print(s:version(), s:selected_alpn_protocol(), cert and cert.subject[1][1][2])
    s:unwrap()
    s:sendall("plain")
    s:close()
"#;
const RHAI_SERVER: &str = r#"
    let c = ssl::SSLContext(ssl::PROTOCOL_TLS_SERVER);
    c.load_cert_chain("server.pem");
    c.set_alpn_protocols(["echo/2", "echo/1"]);
    c.verify_mode = ssl::CERT_OPTIONAL;
    c.load_verify_locations("ca.pem");
    let l = c.wrap_socket(socket::create_server(["127.0.0.1", 0]), #{server_side: true});
    print(l.getsockname()[1]);
    sys::stdout.flush();
    let s = l.accept()[0];
    loop {
        let data = s.recv(65536);
        if data.is_empty() { break; }
        s.sendall(data);
    }
    let cert = s.getpeercert();
    let name = if cert == () { "nil" } else { cert.subject[0][0][1] };
    print(`${s.version()}	${s.selected_alpn_protocol()}	${name}`);
    s.unwrap();
    s.sendall("plain");
    s.close();
    l.close();
"#;

/// Starts one of our servers.
pub(super) fn served(ending: &str, code: &str) -> Peer {
    let script = certificates().join(format!("server-{}.{ending}", code.len()));
    std::fs::write(&script, code).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirescript"));
    Peer::start(command.arg(script).current_dir(certificates()), "")
}

#[test]
fn cpythons_client_talks_to_a_server() {
    let Some(python) = support::python() else { return };
    for (ending, code) in [("lua", LUA_SERVER), ("rhai", RHAI_SERVER)] {
        for (version, name, identity, known) in [
            ("TLSv1_3", "TLSv1.3", "client.pem", "client"),
            ("TLSv1_2", "TLSv1.2", "", "nil"),
        ] {
            let mut server = served(ending, code);
            let mut client = Command::new(&python);
            client.args(["-c", PYTHON_CLIENT, &server.port, version, identity]);
            let done = Running::start(client.current_dir(certificates())).finish(LIMIT);
            assert_eq!(
                done.stdout,
                format!("True {name} echo/1 server\nb'plain'\n"),
                "{ending}, {version}: {}",
                done.stderr
            );
            assert_eq!(server.line(), format!("{name}\techo/1\t{known}"), "{ending}");
            assert!(
                server.child.wait().expect("it ends").success(),
                "{ending}, {version}"
            );
        }
    }
}

/// Lines that `openssl s_server -rev` sends back reversed, over both versions; the page that `-www` has for a GET.
const LUA_CLIENT: &str = r#"
    local c = ssl.create_default_context({cafile = "ca.pem"})
    c:load_cert_chain("client.pem")
    c.maximum_version = ssl.TLSVersion.VERSION
    local s <close> = c:wrap_socket(socket.create_connection({"127.0.0.1", PORT}), {server_hostname = "localhost"})
    print(s:version(), s:getpeercert().subject[1][1][2])
    local f <close> = s:makefile("rw")
    f:write(TEXT)
    f:flush()
    print((f:readline():gsub("%s+$", "")))
"#;
const RHAI_CLIENT: &str = r#"
    let c = ssl::create_default_context(#{cafile: "ca.pem"});
    c.load_cert_chain("client.pem");
    c.maximum_version = ssl::TLSVersion.VERSION;
    let s = c.wrap_socket(socket::create_connection(["127.0.0.1", PORT]), #{server_hostname: "localhost"});
    print(`${s.version()}	${s.getpeercert().subject[0][0][1]}`);
    let f = s.makefile("rw");
    f.write(TEXT);
    f.flush();
    let line = f.readline();
    line.trim();
    print(line);
    f.close();
    s.close();
"#;

#[test]
fn a_client_talks_to_openssls_server() {
    let long = "0123456789".repeat(500);
    let reversed: String = long.chars().rev().collect();
    for (words, text, answer) in [
        (&["-rev"][..], "hello, openssl\\n", "lssnepo ,olleh"),
        (&["-rev"], &format!("{long}\\n"), &*reversed),
        // Messages of the handshake that do not end with their record.
        (
            &["-rev", "-max_send_frag", "512"],
            &format!("{long}\\n"),
            &*reversed,
        ),
        (&["-www"], "GET / HTTP/1.0\\r\\n\\r\\n", "HTTP/1.0 200 ok"),
        (
            &[
                "-rev",
                "-Verify",
                "1",
                "-CAfile",
                "ca.pem",
                "-verify_return_error",
            ],
            "known\\n",
            "nwonk",
        ),
    ] {
        let Some(server) = s_server(words) else { return };
        for (version, name) in [("TLSv1_3", "TLSv1.3"), ("TLSv1_2", "TLSv1.2")] {
            for (ending, code) in [("lua", LUA_CLIENT), ("rhai", RHAI_CLIENT)] {
                let code = code
                    .replace("VERSION", version)
                    .replace("PORT", &server.port)
                    .replace("TEXT", &format!("\"{text}\""));
                prints(ending, &code, &format!("{name}\tserver\n{answer}"));
            }
        }
    }
}

/// The plain mode joins the connection to `openssl`'s standard streams: bytes both ways, each when the other side has seen its own.
#[test]
fn bytes_pass_both_ways_between_a_client_and_openssls_server() {
    for (ending, code) in [
        (
            "lua",
            r#"
            local c = ssl.create_default_context({cafile = "ca.pem"})
            local s = c:wrap_socket(socket.create_connection({"127.0.0.1", PORT}), {server_hostname = "localhost"})
            s:sendall("from the client\n")
            print((s:recv(100):gsub("%s+$", "")))
            s:unwrap()
            s:close()
            "#,
        ),
        (
            "rhai",
            r#"
            let c = ssl::create_default_context(#{cafile: "ca.pem"});
            let s = c.wrap_socket(socket::create_connection(["127.0.0.1", PORT]), #{server_hostname: "localhost"});
            s.sendall("from the client\n");
            let line = s.recv(100).as_string();
            line.trim();
            print(line);
            s.unwrap();
            s.close();
            "#,
        ),
    ] {
        let Some(mut server) = s_server(&["-naccept", "1"]) else {
            return;
        };
        let script = certificates().join(format!("plain.{ending}"));
        std::fs::write(&script, code.replace("PORT", &server.port)).expect("a file");
        let mut command = Command::new(env!("CARGO_BIN_EXE_wirescript"));
        let client = Running::start(command.arg(script).current_dir(certificates()));
        let mut line = String::new();
        while line != "from the client\n" {
            line.clear();
            let count = server.output.read_line(&mut line).expect("a line");
            assert!(count > 0, "openssl ended first");
        }
        let mut input = server.child.stdin.take().expect("its input");
        input.write_all(b"from openssl\n").expect("it reads");
        let done = client.finish(LIMIT);
        assert_eq!(done.stdout, "from openssl\n", "{ending}: {}", done.stderr);
        assert!(
            done.status.is_some_and(|status| status.success()),
            "{}",
            done.stderr
        );
    }
}

/// `openssl s_client` verifies us, sends a line and gets it back.
#[test]
fn openssls_client_talks_to_a_server() {
    for (ending, code) in [("lua", LUA_SERVER), ("rhai", RHAI_SERVER)] {
        for version in ["-tls1_2", "-tls1_3"] {
            let mut server = served(ending, code);
            let target = format!("127.0.0.1:{}", server.port);
            let words = [
                "s_client",
                "-connect",
                &target,
                "-CAfile",
                "ca.pem",
                "-verify_return_error",
                "-servername",
                "localhost",
                "-alpn",
                "echo/1",
                "-cert",
                "client.pem",
                "-quiet",
                version,
            ];
            let Some(mut command) = openssl(&words) else {
                return;
            };
            let mut client = command
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .expect("openssl was there");
            let mut input = client.stdin.take().expect("its input");
            input.write_all(b"hello, wirescript\n").expect("it reads");
            let mut output = BufReader::new(client.stdout.take().expect("its output"));
            let mut line = String::new();
            output.read_line(&mut line).expect("a line");
            assert_eq!(line, "hello, wirescript\n", "{ending}, {version}");
            // Its goodbye, whereupon the server tells what it knows, says its own and ends.
            let _ = client.kill();
            let _ = client.wait();
            drop(server.child.stdin.take());
            let name = if version == "-tls1_2" {
                "TLSv1.2"
            } else {
                "TLSv1.3"
            };
            assert_eq!(server.line(), format!("{name}\techo/1\tclient"), "{ending}");
        }
    }
}

/// Conversations over `tls://`: with `openssl s_server`, and with a listener of our own that wants a certificate.
#[test]
fn conversations_speak_tls() {
    let Some(server) = s_server(&["-rev"]) else { return };
    let lua = r#"
        local t <close> = tube.connect("tls://localhost:PORT", {cafile = "ca.pem"})
        t:send_line("hello, openssl")
        print(t:recv_line())
        t:close()
        print(pcall(tube.connect, "tls://127.0.0.1:PORT", {cafile = "other.pem"}))
        local l <close> = tube.listen("tls://127.0.0.1:0", {certfile = "server.pem", cafile = "ca.pem"})
        local served = task.spawn(function()
            local peer <close> = l:accept()
            peer:expect("HELO x\n")
            peer:send("250 hello\n")
            peer:recv_all()
        end)
        local own <close> = tube.connect("tls://localhost:" .. l.port, {cafile = "ca.pem", certfile = "client.pem"})
        own:send_line("HELO x")
        own:expect("250 hello\n")
        own:shutdown()
        served:join()
        print(own.closed)
    "#;
    let rhai = r#"
        let t = tube::connect("tls://localhost:PORT", #{cafile: "ca.pem"});
        t.send_line("hello, openssl");
        print(t.recv_line().as_string());
        t.close();
        try { tube::connect("tls://127.0.0.1:PORT", #{cafile: "other.pem"}); } catch (e) { print(`false	${e}`); }
        let l = tube::listen("tls://127.0.0.1:0", #{certfile: "server.pem", cafile: "ca.pem"});
        let served = task::spawn(|| {
            let peer = l.accept();
            peer.expect("HELO x\n");
            peer.send("250 hello\n");
            peer.recv_all();
            peer.close();
        });
        let own = tube::connect(`tls://localhost:${l.port}`, #{cafile: "ca.pem", certfile: "client.pem"});
        own.send_line("HELO x");
        own.expect("250 hello\n");
        own.shutdown();
        served.join();
        print(own.closed);
        own.close();
        l.close();
    "#;
    let refused =
        "false\tssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: ";
    for (ending, code) in [("lua", lua), ("rhai", rhai)] {
        let told = output(ending, &code.replace("PORT", &server.port));
        assert!(
            told.starts_with(&format!("lssnepo ,olleh\n{refused}")) && told.ends_with("\nfalse\n"),
            "{ending}: {told}"
        );
    }
}
