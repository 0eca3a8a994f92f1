//! Attempts to get round a policy, each a test of its own in both languages: all are refused with `denied`, and the refusal
//! passes before whoever watches. The parts hold the attempts, by what they try; this file says what is granted, and how an
//! attempt is made.
#![cfg(target_os = "linux")]
#![cfg_attr(
    not(all(feature = "lua", feature = "rhai")),
    allow(dead_code, reason = "half of it is for the other language")
)]

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use wirescript::{Event, Observer, Policy, Runtime, Scene};

/// A language scripts are in.
#[derive(Clone, Copy)]
enum Speech {
    #[cfg(feature = "lua")]
    Lua,
    #[cfg(feature = "rhai")]
    Rhai,
}

/// What was refused, as its audit event calls it.
#[derive(Default)]
struct Refusals(Mutex<Vec<String>>);

impl Observer for Refusals {
    fn observe(&self, event: &Event<'_>, _: &Scene<'_>) {
        if let Event::Asked {
            request,
            allowed: false,
            ..
        } = event
        {
            self.0
                .lock()
                .expect("nobody panics while it tells")
                .push(format!("{} ({request})", request.event()));
        }
    }
}

/// Runs `setup`, which must go well, and then `attempt`, which must be refused.
fn refused(speech: Speech, policy: Policy, setup: &str, attempt: &str) -> Vec<String> {
    let (builder, code) = match speech {
        #[cfg(feature = "lua")]
        Speech::Lua => (
            Runtime::builder().lua(),
            format!(
                "{setup}\nlocal ok, e = pcall(function() {attempt} end)
                assert(not ok, 'it was granted')
                assert(type(e) == 'userdata' and e.denied and e.name == 'PermissionError', tostring(e))"
            ),
        ),
        #[cfg(feature = "rhai")]
        Speech::Rhai => (
            Runtime::builder().rhai(),
            format!(
                "{setup}\nlet told = \"it was granted\";
                try {{ {attempt}; }} catch (e) {{ told = if e.denied && e.name == \"PermissionError\" {{ () }} else {{ e.to_string() }}; }}
                if told != () {{ throw told; }}"
            ),
        ),
    };
    let mut runtime = builder.policy(policy).build().expect("a runtime");
    let refusals = Arc::new(Refusals::default());
    runtime.net().set_observer(Some(refusals.clone()));
    if let Err(error) = runtime.run("attempt", code) {
        panic!("{attempt}: {error}");
    }
    let seen = std::mem::take(&mut *refusals.0.lock().expect("nobody panicked"));
    assert!(!seen.is_empty(), "{attempt}: nobody was told");
    seen
}

/// Attempts under one policy: name, what goes before and what is tried, in Lua and in Rhai.
macro_rules! attempts {
    ($module:ident, $policy:expr, $($name:ident: $lua_setup:expr, $lua:expr; $rhai_setup:expr, $rhai:expr;)*) => {
        mod $module {
            use super::*;
            $(
                mod $name {
                    use super::*;

                    #[cfg(feature = "lua")]
                    #[test]
                    fn in_lua() {
                        refused(Speech::Lua, $policy, &$lua_setup, &$lua);
                    }

                    #[cfg(feature = "rhai")]
                    #[test]
                    fn in_rhai() {
                        refused(Speech::Rhai, $policy, &$rhai_setup, &$rhai);
                    }
                }
            )*
        }
    };
}

fn built(policy: wirescript::Result<Policy>) -> Policy {
    policy.unwrap_or_else(|error| panic!("{error}"))
}

/// Everywhere but to this machine.
fn not_here() -> Policy {
    built(
        Policy::deny_all()
            .allow_net("*")
            .and_then(|policy| policy.deny_net("127.0.0.0/8"))
            .and_then(|policy| policy.deny_net("[::1]:*"))
            .and_then(|policy| policy.deny_net("fe80::/10")),
    )
}

const TCP: &str = "local s = socket.socket()";
const TCP_RHAI: &str = "let s = socket::socket();";
const TCP6: &str = "local s = socket.socket(socket.AF_INET6)";
const TCP6_RHAI: &str = "let s = socket::socket(socket::AF_INET6);";
const UDP: &str = "local s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)";
const UDP_RHAI: &str = "let s = socket::socket(socket::AF_INET, socket::SOCK_DGRAM);";

/// A folder with a granted part, a part that is not, and links between them.
fn room(name: &str) -> PathBuf {
    let room = std::env::temp_dir().join(format!("wirescript-escape-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&room);
    for part in ["mine", "other"] {
        std::fs::create_dir_all(room.join(part)).expect("a folder");
    }
    std::fs::write(room.join("other/secret"), "s").expect("a file");
    std::fs::write(room.join("mine/file"), "f").expect("a file");
    std::os::unix::fs::symlink(room.join("other"), room.join("mine/link")).expect("a link");
    std::os::unix::fs::symlink(room.join("other/new"), room.join("mine/dangling")).expect("a link");
    room
}

fn granted(room: &std::path::Path) -> Policy {
    let mine = room.join("mine").to_string_lossy().into_owned();
    built(
        Policy::deny_all()
            .allow_read(&mine)
            .and_then(|policy| policy.allow_write(&mine))
            .and_then(|policy| policy.allow_unix(&format!("{mine}/*.sock")))
            .and_then(|policy| policy.allow_unix("@mine-*")),
    )
}

#[path = "policy_escape/addresses.rs"]
mod addresses;
#[path = "policy_escape/descriptors.rs"]
mod descriptors;
#[path = "policy_escape/engines.rs"]
mod engines;
#[path = "policy_escape/files.rs"]
mod files;
#[path = "policy_escape/kinds.rs"]
mod kinds;
#[path = "policy_escape/names.rs"]
mod names;
#[path = "policy_escape/places.rs"]
mod places;
#[path = "policy_escape/programs.rs"]
mod programs;
#[cfg(feature = "tls")]
#[path = "policy_escape/secured.rs"]
mod secured;
