//! TLS where a host's own loop runs the tasks: a handshake's work is done in the turns it gives them.

use std::time::{Duration, Instant};

use wirescript::{Policy, Runtime, Turn};

#[cfg(feature = "lua")]
const LUA: &str = r#"
    local server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server:load_cert_chain(CERTIFICATES .. "localhost.pem")
    local client = ssl.create_default_context({cafile = CERTIFICATES .. "ca.pem"})
    local a, b = socket.socketpair()
    local t = task.spawn(function()
      local s <close> = server:wrap_socket(b, {server_side = true})
      s:sendall("served")
    end)
    local s <close> = client:wrap_socket(a, {server_hostname = "localhost"})
    local got = s:recv(10)
    t:join()
    return got
"#;
#[cfg(feature = "rhai")]
const RHAI: &str = r#"
    let server = ssl::SSLContext(ssl::PROTOCOL_TLS_SERVER);
    server.load_cert_chain(CERTIFICATES + "localhost.pem");
    let client = ssl::create_default_context(#{cafile: CERTIFICATES + "ca.pem"});
    let pair = socket::socketpair();
    let b = pair[1];
    let t = task::spawn(|| {
        let s = server.wrap_socket(b, #{server_side: true});
        s.sendall("served");
        s.close();
    });
    let s = client.wrap_socket(pair[0], #{server_hostname: "localhost"});
    let got = s.recv(10).as_string();
    t.join();
    s.close();
    got
"#;

#[test]
fn hands_are_shaken_in_a_hosts_loop() {
    for (builder, code) in [
        #[cfg(feature = "lua")]
        (Runtime::builder().lua(), LUA),
        #[cfg(feature = "rhai")]
        (Runtime::builder().rhai(), RHAI),
    ] {
        let mut runtime = builder.policy(Policy::allow_all()).build().expect("a runtime");
        let folder = format!("{}/tests/certificates/", env!("CARGO_MANIFEST_DIR"));
        let code = code.replace("CERTIFICATES", &format!("{folder:?}"));
        let job = runtime.spawn("tls", &code).expect("it starts");
        let deadline = Instant::now() + Duration::from_secs(20);
        while !job.is_done() {
            let turned = runtime.turn(Duration::from_millis(1)).expect("a turn");
            // Both ends are this program's: one of them can always go on.
            assert!(
                turned != Turn::Waiting || job.is_done(),
                "nobody goes on: {:?}",
                runtime.stats()
            );
            assert!(Instant::now() < deadline, "no handshake within 20 seconds");
        }
        assert_eq!(runtime.wait::<String>(&job).expect("it ends well"), "served");
    }
}
