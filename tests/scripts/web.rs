//! Over HTTP and over TCP alone: pages from nginx and from CPython, which ports are open, WebSocket messages.

use std::fs;
use std::process::Command;

use super::peer::{Peer, python_peer};
use super::ports::free_port;
use super::{Server, certificate, room, run};

/// nginx with a page, one whose length nobody knows before (chunks), a redirection, and TLS on another port.
fn nginx() -> Option<(Server, u32)> {
    let room = room("nginx");
    fs::write(room.join("page.txt"), "a page\n".repeat(20_000)).expect("a file");
    fs::write(
        room.join("made.shtml"),
        "<!--#echo var=\"request_uri\" -->\n".repeat(500),
    )
    .expect("a file");
    let secured = free_port();
    let server = Server::start("nginx", |command, port| {
        let home = room.display();
        let user = if is_root() { "user root;" } else { "" };
        let configuration = format!(
            "{user} daemon off; worker_processes 1; pid {home}/pid; error_log {home}/log; events {{}}
             http {{
               access_log off; types {{ text/html shtml; text/plain txt; }} ssi on;
               client_body_temp_path {home}/1; proxy_temp_path {home}/2; fastcgi_temp_path {home}/3; uwsgi_temp_path {home}/4;
               scgi_temp_path {home}/5;
               server {{
                 listen 127.0.0.1:{port}; listen 127.0.0.1:{secured} ssl; root {home};
                 ssl_certificate {0}; ssl_certificate_key {0};
                 location = /old {{ return 301 /page.txt; }}
                 location = /circle {{ return 302 /circle; }}
               }}
             }}",
            certificate("localhost")
        );
        fs::write(room.join("nginx.conf"), configuration).expect("a file");
        command
            .arg("-p")
            .arg(&room)
            .arg("-e")
            .arg(room.join("log"))
            .arg("-c")
            .arg(room.join("nginx.conf"));
    })?;
    Some((server, secured))
}

fn is_root() -> bool {
    let answer = Command::new("id").arg("-u").output();
    answer.is_ok_and(|output| output.stdout == b"0\n")
}

#[test]
fn pages_come_from_nginx() {
    let Some((server, secured)) = nginx() else { return };
    let at = |path: &str| format!("http://{}{path}", server.place());
    let page = "a page\n".repeat(20_000);
    assert_eq!(run("http_get", &[&at("/page.txt")]).ended(0), page);
    let made = run("http_get", &[&at("/made.shtml?x")]).ended(0);
    assert_eq!(made, "/made.shtml?x\n".repeat(500));
    assert_eq!(run("http_get", &[&at("/old")]).ended(0), page);
    let circle = run("http_get", &[&at("/circle")]);
    assert!(
        circle.stderr.contains("more than 5 redirections"),
        "{}",
        circle.stderr
    );
    circle.ended(1);
    let head = run("http_get", &["--head", &at("/page.txt")]).ended(0);
    assert!(
        head.starts_with("HTTP/1.1 200 OK\n") && head.contains("Content-Length: 140000\n"),
        "{head}"
    );
    let missing = run("http_get", &[&at("/missing")]);
    assert!(missing.stderr.starts_with("404 "), "{}", missing.stderr);
    missing.ended(1);

    let secure = format!("https://localhost:{secured}/page.txt");
    assert_eq!(
        run("http_get", &["--cafile", &certificate("ca"), &secure]).ended(0),
        page
    );
    let stranger = run("http_get", &["--cafile", &certificate("other"), &secure]);
    assert!(
        stranger.stderr.contains("CERTIFICATE_VERIFY_FAILED"),
        "{}",
        stranger.stderr
    );
    stranger.ended(1);
}

/// CPython's server speaks HTTP/1.0 and ends the connection after each answer.
#[test]
fn pages_come_from_cpython() {
    let Some(python) = super::support::python() else {
        return;
    };
    let room = room("http_server");
    fs::write(room.join("index.html"), "<p>hello</p>\n").expect("a file");
    let mut command = Command::new(python);
    let serve = "import http.server, sys; sys.stderr = open('log', 'w')\n\
        s = http.server.ThreadingHTTPServer(('127.0.0.1', 0), http.server.SimpleHTTPRequestHandler)\n\
        print(s.server_port, flush=True); s.serve_forever()";
    let server = Peer::start(command.args(["-c", serve]).current_dir(room), "");
    let url = format!("http://127.0.0.1:{}", server.port);
    assert_eq!(run("http_get", &[&url]).ended(0), "<p>hello</p>\n");
    let port = server.port.clone();
    drop(server);
    let refused = run("http_get", &[&format!("http://127.0.0.1:{port}/")]);
    assert!(
        refused.stderr.contains("ConnectionRefusedError"),
        "{}",
        refused.stderr
    );
    refused.ended(1);
}

#[test]
fn open_ports_are_found_and_closed_ones_are_not() {
    let Some(python) = super::support::python() else {
        return;
    };
    let listen = "import socket, sys\n\
        s = [socket.create_server(('127.0.0.1', 0)) for _ in range(3)]\n\
        print(*sorted(x.getsockname()[1] for x in s), flush=True); sys.stdin.read()";
    let mut server = Command::new(python);
    let server = Peer::start(server.args(["-c", listen]), "");
    // The last of the three; around it are ports that nobody listens on, or others of this machine.
    let port: u32 = server.port.parse().expect("a port");
    let closed = free_port();
    let told = run("port_scanner", &["127.0.0.1", &format!("{closed},{port}")]).ended(0);
    assert_eq!(told, format!("{port:<5}  open  -\n"));
    let around = format!("{}-{}", port - 300, (port + 300).min(65535));
    let found = run("port_scanner", &["--at-once", "50", "127.0.0.1", &around]).ended(0);
    assert!(found.contains(&format!("{port:<5}  open")), "{found}");
    run("port_scanner", &["127.0.0.1", &closed.to_string()]).ended(1);
    run("port_scanner", &["127.0.0.1", "5-1"]).ended(2);
    run("port_scanner", &["no.such.host.invalid", "1"]).ended(2);
}

#[test]
fn messages_pass_a_websocket() {
    let Some(mut plain) = python_peer("websocket", "websockets") else {
        return;
    };
    let server = Peer::start(&mut plain, "");
    let long = "0123456789".repeat(7000);
    let url = format!("ws://127.0.0.1:{}/chat", server.port);
    let told = run(
        "websocket",
        &[&url, "hello", "ping first", "in pieces", "é", &long],
    );
    assert!(told.stderr.contains("closed: 1000"), "{}", told.stderr);
    assert_eq!(
        told.ended(0),
        format!("hello\nping first\nin pieces\né\n{long}\n")
    );
    // What is no WebSocket says so.
    drop(server);
    let refused = run("websocket", &[&url, "hello"]);
    assert!(
        refused.stderr.contains("ConnectionRefusedError"),
        "{}",
        refused.stderr
    );
    refused.ended(1);

    let Some(mut secured) = python_peer("websocket", "websockets") else {
        return;
    };
    let server = Peer::start(secured.arg(certificate("localhost")), "");
    let url = format!("wss://localhost:{}/", server.port);
    let told = run("websocket", &["--cafile", &certificate("ca"), &url, "over TLS"]);
    assert_eq!(told.ended(0), "over TLS\n");
}
