//! TLS: handshakes and bytes both ways with CPython's `ssl` and `openssl`, in Lua and in Rhai; what is wrong with a peer
//! raises the class it should, in time, and leaves nothing behind. Certificates are made when the tests run.
#![cfg(all(
    feature = "cli",
    feature = "lua",
    feature = "rhai",
    feature = "tls",
    target_os = "linux"
))]

#[path = "tls/bad_input.rs"]
mod bad_input;
#[path = "tls/certificates.rs"]
mod certificates;
#[path = "tls/flow.rs"]
mod flow;
#[path = "support/peer.rs"]
mod peer;
#[path = "tls/peers.rs"]
mod peers;
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
    assert_eq!(output(ending, code).trim_end(), expected.trim_end());
}

/// What a script in the certificates' folder prints; it must succeed.
fn output(ending: &str, code: &str) -> String {
    static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let script = certificates().join(format!("script{count}.{ending}"));
    fs::write(&script, code).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirescript"));
    let done = Running::start(command.arg(script).current_dir(certificates())).finish(LIMIT);
    assert!(
        done.status.is_some_and(|status| status.success()),
        "{}{}",
        done.stdout,
        done.stderr
    );
    done.stdout
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
