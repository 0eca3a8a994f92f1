//! Who a datagram socket hears under a policy: whom it may talk to, and everybody where it may stand for them to send to.

use std::net::UdpSocket;
use std::time::Duration;
#[cfg(feature = "lua")]
use std::time::Instant;

use wirescript::{Policy, Runtime};

/// A peer that the policy names, one that it does not, and the script's socket, which both send to.
struct Scene {
    friend: UdpSocket,
    stranger: UdpSocket,
}

impl Scene {
    fn new() -> Self {
        let open = || UdpSocket::bind("127.0.0.1:0").expect("a port");
        Self {
            friend: open(),
            stranger: open(),
        }
    }

    fn port(&self) -> u16 {
        self.friend.local_addr().expect("it is bound").port()
    }

    fn policy(&self) -> Policy {
        Policy::deny_all()
            .allow_net(&format!("127.0.0.1:{}", self.port()))
            .expect("a pattern")
    }

    /// Waits for the script's word, and has first the stranger and then the friend answer it.
    fn answer(self) -> std::thread::JoinHandle<()> {
        self.friend
            .set_read_timeout(Some(Duration::from_secs(20)))
            .expect("a timeout");
        std::thread::spawn(move || {
            let mut word = [0; 64];
            while let Ok((length, script)) = self.friend.recv_from(&mut word) {
                if &word[..length] == b"end" {
                    break;
                }
                self.stranger.send_to(b"strange", script).expect("it is sent");
                self.friend.send_to(b"friendly", script).expect("it is sent");
            }
        })
    }
}

fn check(language: impl FnOnce(wirescript::Builder) -> wirescript::Builder, grant: Option<&str>, code: &str) {
    let scene = Scene::new();
    let port = scene.port();
    let mut policy = scene.policy();
    if let Some(grant) = grant {
        policy = policy.allow_listen(grant).expect("a pattern");
    }
    let mut runtime = language(Runtime::builder().policy(policy))
        .build()
        .expect("a runtime");
    let answers = scene.answer();
    let told = runtime.run("hearing", code.replace("PORT", &port.to_string()));
    // Ends it when the script did not.
    let _ = UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.send_to(b"end", ("127.0.0.1", port)));
    answers.join().expect("it answered");
    if let Err(error) = told {
        panic!("{error}\n{}", error.traceback().unwrap_or_default());
    }
}

#[cfg(feature = "lua")]
#[test]
fn lua_hears_whom_it_may_talk_to() {
    let code = r#"
        local s <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s:settimeout(10)
        local function ask() s:sendto("?", {"127.0.0.1", PORT}) end
        ask()
        local data, from = s:recvfrom(100)
        assert(data == "friendly" and from.port == PORT)
        ask() assert(s:recv(100) == "friendly")
        ask() assert(s:recv(100, socket.MSG_PEEK) == "friendly" and s:recv(100) == "friendly")
        local room = bytearray(100)
        ask() assert(s:recv_into(room) == 8)
        ask() assert(s:recvfrom_into(room) == 8)
        ask() assert(s:recvmsg(100) == "friendly")
        ask() assert(s:recvmsg(100, 0, socket.MSG_PEEK) == "friendly" and s:recv(100) == "friendly")
        -- Beside another task, and with bytes there that are nobody's.
        local other = task.spawn(task.sleep, 5)
        ask() assert(s:recv(100) == "friendly")
        s:setblocking(false)
        local ok, e = pcall(s.recv, s, 100)
        assert(not ok and e:is("BlockingIOError"), e)
        other:cancel()
    "#;
    check(wirescript::Builder::lua, None, code);
}

#[cfg(feature = "rhai")]
#[test]
fn rhai_hears_whom_it_may_talk_to() {
    let code = r#"
        let s = socket::socket(socket::AF_INET, socket::SOCK_DGRAM);
        s.settimeout(10);
        s.sendto("?", ["127.0.0.1", PORT]);
        let got = s.recvfrom(100);
        if got[0] != "friendly".to_blob() || got[1].port != PORT { throw "another"; }
        s.sendto("?", ["127.0.0.1", PORT]);
        if s.recv(100) != "friendly".to_blob() { throw "another"; }
        s.close();
    "#;
    check(wirescript::Builder::rhai, None, code);
}

/// A flood that may not be heard holds nobody up: neither the call, whose time is over in the end, nor those beside it.
#[cfg(feature = "lua")]
#[test]
fn a_flood_outlasts_no_timeout() {
    let scene = Scene::new();
    let mut runtime = Runtime::builder()
        .lua()
        .policy(scene.policy())
        .build()
        .expect("a runtime");
    let port = scene.port().to_string();
    let floods = std::thread::spawn(move || {
        let mut word = [0; 64];
        let (_, script) = scene.friend.recv_from(&mut word).expect("a word");
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(3) {
            // The script's socket may be full, or closed.
            let _ = scene.stranger.send_to(b"strange", script);
        }
    });
    let code = r#"
        local s <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s:sendto("?", {"127.0.0.1", PORT})
        s:settimeout(0.2)
        local function times_out() local ok, e = pcall(s.recv, s, 100) return not ok and e:is("TimeoutError") end
        assert(times_out())
        local ticks = 0
        local other = task.spawn(function() while true do task.sleep(0.01) ticks = ticks + 1 end end)
        -- Nothing waits for a task without an end where this fails.
        local ends <close> = setmetatable({}, {__close = function() other:cancel() end})
        assert(times_out())
        assert(ticks >= 5, ticks)
        s:setblocking(false)
        local ok, e = pcall(s.recv, s, 100)
        assert(not ok and e:is("BlockingIOError"), e)
    "#;
    let told = runtime.run("flood", code.replace("PORT", &port));
    floods.join().expect("it flooded");
    told.expect("it runs");
}

/// An address that was granted is one to be found at.
#[cfg(feature = "lua")]
#[test]
fn who_may_listen_hears_everybody() {
    let code = r#"
        local s <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s:bind({"127.0.0.1", 0})
        s:settimeout(10)
        s:sendto("?", {"127.0.0.1", PORT})
        assert(s:recv(100) == "strange" and s:recv(100) == "friendly")
    "#;
    check(wirescript::Builder::lua, Some("127.0.0.1"), code);
}
