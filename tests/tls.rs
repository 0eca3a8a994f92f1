//! TLS: handshakes and bytes both ways with CPython's `ssl` and `openssl`, in Lua and in Rhai; what is wrong with a peer
//! raises the class it should, in time, and leaves nothing behind. Certificates are made when the tests run.
#![cfg(all(
    feature = "cli",
    feature = "lua54",
    feature = "rhai",
    feature = "tls",
    target_os = "linux"
))]

#[allow(dead_code, reason = "it serves all integration tests; this one needs a part")]
mod support;

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use support::{LIMIT, Running};

/// A folder with an authority and what it signed: `server`, `client`, `expired`; `alone` signed itself, `other` is another
/// authority's.
fn certificates() -> &'static PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = std::env::temp_dir().join(format!("wirescript-tls-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let write = |name: &str, text: String| fs::write(folder.join(name), text).expect("a file");
        let authority = |name: &str| {
            let key = KeyPair::generate().expect("a key");
            let mut params = CertificateParams::new(Vec::<String>::new()).expect("parameters");
            params.distinguished_name.push(DnType::CommonName, name);
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            let certificate = params.self_signed(&key).expect("a certificate");
            write(&format!("{name}.pem"), certificate.pem());
            Issuer::new(params, key)
        };
        let (ca, other) = (authority("ca"), authority("other_ca"));
        let signed = |name: &str, issuer: Option<&Issuer<'_, KeyPair>>, expired: bool| {
            let key = KeyPair::generate().expect("a key");
            let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
            let mut params = CertificateParams::new(names).expect("parameters");
            params.distinguished_name.push(DnType::CommonName, name);
            if expired {
                params.not_before = date_time_ymd(2001, 1, 1);
                params.not_after = date_time_ymd(2002, 1, 1);
            }
            let certificate = match issuer {
                Some(issuer) => params.signed_by(&key, issuer),
                None => params.self_signed(&key),
            };
            write(
                &format!("{name}.pem"),
                certificate.expect("a certificate").pem() + &key.serialize_pem(),
            );
        };
        signed("server", Some(&ca), false);
        signed("client", Some(&ca), false);
        signed("expired", Some(&ca), true);
        signed("other", Some(&other), false);
        signed("alone", None, false);
        write("junk.pem", "junk\n".to_owned());
        folder
    })
}

/// Runs a script in the certificates' folder; it must succeed, and prints this.
fn prints(ending: &str, code: &str, expected: &str) {
    static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let script = certificates().join(format!("script{count}.{ending}"));
    fs::write(&script, code).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirescript"));
    let done = Running::start(command.arg(script).current_dir(certificates())).finish(LIMIT);
    assert_eq!(
        done.stdout.trim_end(),
        expected.trim_end(),
        "stderr: {}",
        done.stderr
    );
    assert!(
        done.status.is_some_and(|status| status.success()),
        "{}",
        done.stderr
    );
}

/// A server of CPython's `ssl` that echoes `connections` connections; prints its port first.
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

/// Starts a program whose first line is a port, and runs a script with `PORT` in its place.
fn against(mut server: Command, ending: &str, code: &str, expected: &str) {
    use std::io::{BufRead as _, BufReader};
    let mut child = server
        .current_dir(certificates())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("a server");
    let mut line = String::new();
    let stdout = child.stdout.take().expect("its output");
    BufReader::new(stdout).read_line(&mut line).expect("its port");
    prints(ending, &code.replace("PORT", line.trim()), expected);
    let _ = child.kill();
    let _ = child.wait();
}

fn python(code: &str, argument: &str) -> Command {
    let mut command = Command::new("python3");
    command.args(["-c", code, argument]);
    command
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
    against(python(PYTHON_SERVER, "plain"), "lua", lua, expected);
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
    against(
        python(PYTHON_SERVER, "client"),
        "rhai",
        rhai,
        "4 TLSv1.2 ECDHE-ECDSA-AES256-GCM-SHA384\nca",
    );
}

#[test]
fn openssl_talks_to_a_server() {
    let lua = r#"
        local c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        c:load_cert_chain("server.pem")
        local l = c:wrap_socket(socket.create_server({"127.0.0.1", 0}), {server_side = true})
        local port = l:getsockname().port
        local p = io.popen("sleep 1 | openssl s_client -connect 127.0.0.1:" .. port ..
          " -CAfile ca.pem -verify_return_error -servername localhost -quiet 2>/dev/null", "r")
        local s = l:accept()
        s:sendall("hello, openssl\n")
        s:shutdown(socket.SHUT_WR)
        print(p:read("l"))
        p:close()
    "#;
    prints("lua", lua, "hello, openssl");
}

/// Starts of scripts in Lua: `pair` connects a server and a client, each with its context, and returns what became of both.
const PAIR: &str = r#"
    local function server(name)
      local c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
      c:load_cert_chain(name .. ".pem")
      return c
    end
    local function client(options) return ssl.create_default_context(options or {cafile = "ca.pem"}) end
    local function told(e) return e.name .. " " .. (e.reason or "-") .. " " .. (e.verify_code or "-") end
    local function pair(sc, cc, options, host)
      local a, b = socket.socketpair()
      a:settimeout(10) b:settimeout(10)
      local t = task.spawn(function()
        local ok, e = pcall(function()
          local s <close> = sc:wrap_socket(b, {server_side = true})
          s:sendall("x")
          s:recv(1)
        end)
        return ok and "served" or told(e)
      end)
      local ok, s = pcall(function()
        local s = cc:wrap_socket(a, {server_hostname = host or "localhost"})
        s:recv(1)
        return s
      end)
      if ok then s:close() end
      return ok and "connected" or told(s), t:join()
    end
"#;

#[test]
fn what_is_wrong_with_a_certificate_is_told() {
    let code = r#"
        print(pair(server("server"), client()))
        print(pair(server("server"), client(), nil, "wrong.example"))
        print(pair(server("server"), client(), nil, "127.0.0.9"))
        print(pair(server("expired"), client()))
        print(pair(server("alone"), client()))
        print(pair(server("alone"), client({cafile = "alone.pem"})))
        print(pair(server("other"), client()))
        local any = client()
        any.check_hostname = false
        any.verify_mode = ssl.CERT_NONE
        print(pair(server("expired"), any))
        -- Client certificates.
        local strict = server("server")
        strict.verify_mode = ssl.CERT_REQUIRED
        strict:load_verify_locations("ca.pem")
        local known = client()
        known:load_cert_chain("client.pem")
        print(pair(strict, known))
        local cc = client()
        cc.maximum_version = ssl.TLSVersion.TLSv1_2
        print(select(2, pair(strict, cc)))
        local stranger = client()
        stranger:load_cert_chain("other.pem")
        stranger.maximum_version = ssl.TLSVersion.TLSv1_2
        print(select(2, pair(strict, stranger)))
        local new = server("server")
        new.minimum_version = ssl.TLSVersion.TLSv1_3
        print(pair(new, cc))
    "#;
    let failed = "SSLCertVerificationError CERTIFICATE_VERIFY_FAILED";
    let expected = format!(
        "connected\tserved\n\
        {failed} 62\tSSLError SSLV3_ALERT_BAD_CERTIFICATE -\n\
        {failed} 64\tSSLError SSLV3_ALERT_BAD_CERTIFICATE -\n\
        {failed} 10\tSSLError SSLV3_ALERT_CERTIFICATE_EXPIRED -\n\
        {failed} 18\tSSLError TLSV1_ALERT_UNKNOWN_CA -\n\
        connected\tserved\n\
        {failed} 20\tSSLError TLSV1_ALERT_UNKNOWN_CA -\n\
        connected\tserved\n\
        connected\tserved\n\
        SSLError PEER_DID_NOT_RETURN_A_CERTIFICATE -\n\
        {failed} 20\n\
        SSLError TLSV1_ALERT_PROTOCOL_VERSION -\tSSLError UNSUPPORTED_PROTOCOL -"
    );
    prints("lua", &format!("{PAIR}{code}"), &expected);
}

#[test]
fn bad_input_raises_the_right_class_in_time_and_leaves_nothing() {
    let code = r#"
        local function try(f, ...)
          local ok, e = pcall(f, ...)
          print(ok and "ok" or e.name .. " " .. (e.reason or "-"))
        end
        local function descriptors()
          collectgarbage() collectgarbage()
          local p = io.popen("ls /proc/" .. io.open("/proc/self/stat"):read("n") .. "/fd | wc -l")
          return p:read("n")
        end
        -- The first wait beside another task opens what watches descriptors.
        task.spawn(task.sleep, 0.001):join()
        local before = descriptors()
        local function meets(bytes, server_side, ends)
          local a, b = socket.socketpair()
          a:settimeout(0.2)
          if bytes then b:sendall(bytes) end
          if ends then b:shutdown(socket.SHUT_WR) end
          local c = server_side and server("server") or client()
          try(c.wrap_socket, c, a, {server_side = server_side, server_hostname = not server_side and "localhost" or nil})
          b:close()
        end
        meets("garbage instead of a hello", false)
        meets("garbage instead of a hello", true)
        meets("GET / HTTP/1.0\r\n\r\n", true)
        meets("\x16\x03\x01\x02\x00\x01", true, true)
        meets("", false, true)
        local begun = time.monotonic()
        meets(nil, false)
        meets(nil, true)
        meets("\x16\x03\x01\x02\x00\x01", true)
        local took = time.monotonic() - begun
        print(took >= 0.59 and took < 10)
        -- A stream cut off after the handshake.
        for _, suppress in ipairs({true, false}) do
          local a, b = socket.socketpair()
          local t = task.spawn(function() local s = server("server"):wrap_socket(b, {server_side = true}) s:sendall("xy") s:close() end)
          local s = client():wrap_socket(a, {server_hostname = "localhost", suppress_ragged_eofs = suppress})
          print(s:recv(10))
          try(s.recv, s, 10)
          s:close()
          t:join()
        end
        -- Files that are none.
        local c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try(c.load_cert_chain, c, "junk.pem")
        try(c.load_cert_chain, c, "server.pem", "client.pem")
        try(c.load_cert_chain, c, "ca.pem")
        try(c.load_cert_chain, c, "missing.pem")
        try(c.load_verify_locations, c, "junk.pem")
        try(c.load_verify_locations, c)
        -- A server with no certificate, a call that must not wait.
        local a, b = socket.socketpair()
        a:settimeout(0)
        local s = client():wrap_socket(a, {server_hostname = "localhost", do_handshake_on_connect = false})
        try(s.do_handshake, s)
        s:close() b:close()
        print(descriptors() - before)
    "#;
    let expected = "SSLError WRONG_VERSION_NUMBER\nSSLError WRONG_VERSION_NUMBER\nSSLError HTTP_REQUEST\n\
        SSLEOFError UNEXPECTED_EOF_WHILE_READING\nSSLEOFError UNEXPECTED_EOF_WHILE_READING\n\
        TimeoutError -\nTimeoutError -\nTimeoutError -\ntrue\nxy\nok\nxy\nSSLEOFError UNEXPECTED_EOF_WHILE_READING\n\
        SSLError -\nSSLError KEY_VALUES_MISMATCH\nSSLError -\nFileNotFoundError -\n\
        SSLError NO_CERTIFICATE_OR_CRL_FOUND\nTypeError -\nSSLWantReadError -\n0";
    prints("lua", &format!("{PAIR}{code}"), expected);
}

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

/// Two hundred handshakes at once: the other tasks go on meanwhile.
#[test]
fn handshakes_hold_nobody_up() {
    let code = r#"
        local sc, cc = server("server"), client()
        local worst, running = 0, true
        local ticker = task.spawn(function()
          while running do
            local before = time.monotonic()
            task.sleep(0.001)
            worst = math.max(worst, time.monotonic() - before - 0.001)
          end
        end)
        local tasks, done = {}, 0
        for n = 1, 200 do
          local a, b = socket.socketpair()
          for side, s in ipairs({a, b}) do
            tasks[#tasks + 1] = task.spawn(function()
              local s <close> = side == 1 and cc:wrap_socket(a, {server_hostname = "localhost"}) or sc:wrap_socket(b, {server_side = true})
              done = done + 1
            end)
          end
        end
        for _, t in ipairs(tasks) do t:join() end
        running = false
        ticker:join()
        print(done, worst < 1 or worst)
    "#;
    prints("lua", &format!("{PAIR}{code}"), "400\ttrue");
}
