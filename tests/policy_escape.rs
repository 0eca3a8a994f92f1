//! Attempts to get round a policy, each a test of its own in both languages: all are refused with `denied`, and the refusal
//! passes before whoever watches.
#![cfg(target_os = "linux")]

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use wirescript::{Event, Observer, Policy, Runtime, Scene};

/// A language scripts are in.
#[derive(Clone, Copy)]
enum Speech {
    #[cfg(feature = "lua54")]
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
        #[cfg(feature = "lua54")]
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

                    #[cfg(feature = "lua54")]
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

attempts! { an_alias_of_a_denied_address, not_here(),
    itself: TCP, "s:connect({'127.0.0.1', 9})"; TCP_RHAI, "s.connect([\"127.0.0.1\", 9])";
    another_of_the_network: TCP, "s:connect({'127.9.9.9', 9})"; TCP_RHAI, "s.connect([\"127.9.9.9\", 9])";
    decimal: TCP, "s:connect({'2130706433', 9})"; TCP_RHAI, "s.connect([\"2130706433\", 9])";
    octal: TCP, "s:connect({'0177.0.0.01', 9})"; TCP_RHAI, "s.connect([\"0177.0.0.01\", 9])";
    hexadecimal: TCP, "s:connect({'0x7f000001', 9})"; TCP_RHAI, "s.connect([\"0x7f000001\", 9])";
    short: TCP, "s:connect({'127.1', 9})"; TCP_RHAI, "s.connect([\"127.1\", 9])";
    zero: TCP, "s:connect({'0', 9})"; TCP_RHAI, "s.connect([\"0\", 9])";
    unspecified: TCP, "s:connect({'0.0.0.0', 9})"; TCP_RHAI, "s.connect([\"0.0.0.0\", 9])";
    the_empty_name: TCP, "s:connect({'', 9})"; TCP_RHAI, "s.connect([\"\", 9])";
    mapped: TCP6, "s:connect({'::ffff:127.0.0.1', 9})"; TCP6_RHAI, "s.connect([\"::ffff:127.0.0.1\", 9])";
    mapped_in_hexadecimal: TCP6, "s:connect({'::ffff:7f00:1', 9})"; TCP6_RHAI, "s.connect([\"::ffff:7f00:1\", 9])";
    mapped_unspecified: TCP6, "s:connect({'::ffff:0.0.0.0', 9})"; TCP6_RHAI, "s.connect([\"::ffff:0.0.0.0\", 9])";
    the_other_family: TCP6, "s:connect({'::1', 9})"; TCP6_RHAI, "s.connect([\"::1\", 9])";
    the_other_family_unspecified: TCP6, "s:connect({'::', 9})"; TCP6_RHAI, "s.connect([\"::\", 9])";
    a_zone: TCP6, "s:connect({'fe80::1%lo', 9})"; TCP6_RHAI, "s.connect([\"fe80::1%lo\", 9])";
    a_scope: TCP6, "s:connect({'::1', 9, 0, 1})"; TCP6_RHAI, "s.connect([\"::1\", 9, 0, 1])";
    a_name: TCP, "s:connect({'localhost', 9})"; TCP_RHAI, "s.connect([\"localhost\", 9])";
    a_name_in_capitals: TCP, "s:connect({'LOCALHOST', 9})"; TCP_RHAI, "s.connect([\"LOCALHOST\", 9])";
    create_connection: "", "socket.create_connection({'localhost', 9})"; "", "socket::create_connection([\"localhost\", 9])";
    a_race: "", "socket.create_connection({'127.0.0.1', 9}, {happy_eyeballs_delay = 0.1})";
        "", "socket::create_connection([\"127.0.0.1\", 9], #{happy_eyeballs_delay: 0.1})";
    connect_ex: TCP, "s:connect_ex({'127.0.0.1', 9})"; TCP_RHAI, "s.connect_ex([\"127.0.0.1\", 9])";
    sendto: UDP, "s:sendto('x', {'127.0.0.1', 9})"; UDP_RHAI, "s.sendto(\"x\", [\"127.0.0.1\", 9])";
    sendmsg: UDP, "s:sendmsg({'x'}, {}, 0, {'127.0.0.1', 9})"; UDP_RHAI, "s.sendmsg([\"x\"], [], 0, [\"127.0.0.1\", 9])";
    without_a_handshake: TCP, "s:sendto('x', 0x20000000, {'127.0.0.1', 9})"; TCP_RHAI, "s.sendto(\"x\", 0x20000000, [\"127.0.0.1\", 9])";
    in_a_task: "", "task.spawn(function() socket.socket():connect({'127.0.0.1', 9}) end):join()";
        "", "task::spawn(|| socket::socket().connect([\"127.0.0.1\", 9])).join()";
}

/// One port of this machine, for datagrams that go nowhere.
fn one_port() -> Policy {
    built(Policy::deny_all().allow_net("127.0.0.1:9"))
}

const CONNECTED: &str =
    "local s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM) s:connect({'127.0.0.1', 9})";
const CONNECTED_RHAI: &str =
    "let s = socket::socket(socket::AF_INET, socket::SOCK_DGRAM); s.connect([\"127.0.0.1\", 9]);";

attempts! { a_connected_socket, one_port(),
    sendto_elsewhere: CONNECTED, "s:sendto('x', {'127.0.0.1', 10})"; CONNECTED_RHAI, "s.sendto(\"x\", [\"127.0.0.1\", 10])";
    sendmsg_elsewhere: CONNECTED, "s:sendmsg({'x'}, {}, 0, {'127.0.0.1', 10})"; CONNECTED_RHAI, "s.sendmsg([\"x\"], [], 0, [\"127.0.0.1\", 10])";
    connect_again: CONNECTED, "s:connect({'127.0.0.1', 10})"; CONNECTED_RHAI, "s.connect([\"127.0.0.1\", 10])";
    another_host: CONNECTED, "s:connect({'127.0.0.2', 9})"; CONNECTED_RHAI, "s.connect([\"127.0.0.2\", 9])";
    control_data: CONNECTED, "s:sendmsg({'x'}, {{0, 8, ('\\0'):rep(12)}})"; CONNECTED_RHAI, "s.sendmsg([\"x\"], [[0, 8, bytes(\"\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\")]])";
    bind_to_device: CONNECTED, "s:setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, 'lo\\0')";
        CONNECTED_RHAI, "s.setsockopt(socket::SOL_SOCKET, socket::SO_BINDTODEVICE, bytes(\"lo\\x00\"))";
    a_source_route: CONNECTED, "s:setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, '\\x83\\x07\\x04\\x7f\\0\\0\\2\\0')";
        CONNECTED_RHAI, "s.setsockopt(socket::IPPROTO_IP, socket::IP_OPTIONS, bytes(\"\\x83\\x07\\x04\\x7f\\x00\\x00\\x02\\x00\"))";
    a_mark: CONNECTED, "s:setsockopt(socket.SOL_SOCKET, socket.SO_MARK, 1)"; CONNECTED_RHAI, "s.setsockopt(socket::SOL_SOCKET, socket::SO_MARK, 1)";
    transparent: CONNECTED, "s:setsockopt(socket.IPPROTO_IP, 19, 1)"; CONNECTED_RHAI, "s.setsockopt(socket::IPPROTO_IP, 19, 1)";
}

attempts! { a_name_and_an_address, built(Policy::deny_all().allow_net("localhost:9")),
    the_address_of_a_granted_name: TCP, "s:connect({'127.0.0.1', 9})"; TCP_RHAI, "s.connect([\"127.0.0.1\", 9])";
    what_the_name_resolved_to_at_another_port: "local r = socket.getaddrinfo('localhost', 10, {type = socket.SOCK_STREAM, family = socket.AF_INET}) local s = socket.socket()", "s:connect(r[1][5])";
        "let r = socket::getaddrinfo(\"localhost\", 10, #{type: socket::SOCK_STREAM, family: socket::AF_INET}); let s = socket::socket();", "s.connect(r[0][4])";
    binding_what_the_name_resolved_to: "local r = socket.getaddrinfo('localhost', 9, {type = socket.SOCK_STREAM, family = socket.AF_INET}) local s = socket.socket()", "s:bind(r[1][5])";
        "let r = socket::getaddrinfo(\"localhost\", 9, #{type: socket::SOCK_STREAM, family: socket::AF_INET}); let s = socket::socket();", "s.bind(r[0][4])";
    another_port: TCP, "s:connect({'localhost', 10})"; TCP_RHAI, "s.connect([\"localhost\", 10])";
    another_name: "", "socket.getaddrinfo('localhost.example', 9)"; "", "socket::getaddrinfo(\"localhost.example\", 9)";
    a_name_before_it: "", "socket.getaddrinfo('a.localhost', 9)"; "", "socket::getaddrinfo(\"a.localhost\", 9)";
    a_name_hidden_in_digits: "", "socket.getaddrinfo('1.2.3.4.5', 9)"; "", "socket::getaddrinfo(\"1.2.3.4.5\", 9)";
    gethostbyname: "", "socket.gethostbyname('example.org')"; "", "socket::gethostbyname(\"example.org\")";
    gethostbyaddr: "", "socket.gethostbyaddr('127.0.0.1')"; "", "socket::gethostbyaddr(\"127.0.0.1\")";
    getnameinfo: "", "socket.getnameinfo({'127.0.0.1', 9}, 0)"; "", "socket::getnameinfo([\"127.0.0.1\", 9], 0)";
    getfqdn: "", "socket.getfqdn('example.org')"; "", "socket::getfqdn(\"example.org\")";
}

attempts! { the_name_of_a_granted_address, built(Policy::deny_all().allow_net("127.0.0.1:9")),
    by_connect: TCP, "s:connect({'localhost', 9})"; TCP_RHAI, "s.connect([\"localhost\", 9])";
    by_sendto: UDP, "s:sendto('x', {'localhost', 9})"; UDP_RHAI, "s.sendto(\"x\", [\"localhost\", 9])";
    by_bind: UDP, "s:bind({'localhost', 0})"; UDP_RHAI, "s.bind([\"localhost\", 0])";
}

/// Serving on this machine's own address, and nothing else.
fn serving() -> Policy {
    built(
        Policy::deny_all()
            .allow_listen("127.0.0.1:*")
            .and_then(|policy| policy.deny_listen("127.0.0.1:9")),
    )
}

attempts! { a_server, serving(),
    every_address: TCP, "s:bind({'0.0.0.0', 0})"; TCP_RHAI, "s.bind([\"0.0.0.0\", 0])";
    the_empty_name: TCP, "s:bind({'', 0})"; TCP_RHAI, "s.bind([\"\", 0])";
    broadcast: UDP, "s:bind({'<broadcast>', 0})"; UDP_RHAI, "s.bind([\"<broadcast>\", 0])";
    a_denied_port: TCP, "s:bind({'127.0.0.1', 9})"; TCP_RHAI, "s.bind([\"127.0.0.1\", 9])";
    without_an_address: TCP, "s:listen()"; TCP_RHAI, "s.listen()";
    the_other_family: TCP6, "s:bind({'::', 0})"; TCP6_RHAI, "s.bind([\"::\", 0])";
    the_other_familys_mapped: TCP6, "s:bind({'::ffff:0.0.0.0', 0})"; TCP6_RHAI, "s.bind([\"::ffff:0.0.0.0\", 0])";
    create_server: "", "socket.create_server({'', 0})"; "", "socket::create_server([\"\", 0])";
    an_answer: UDP, "s:bind({'127.0.0.1', 0}) s:sendto('x', {'127.0.0.1', 10})"; UDP_RHAI, "s.bind([\"127.0.0.1\", 0]); s.sendto(\"x\", [\"127.0.0.1\", 10])";
}

attempts! { a_descriptor, built(Policy::deny_all().allow_net("*").and_then(|policy| policy.allow_listen("*")).and_then(|policy| policy.allow_unix("/"))),
    fileno: "", "socket.socket({fileno = 0})"; "", "socket::socket(#{fileno: 0})";
    guessed: "", "for fd = 0, 99 do socket.socket({fileno = fd}) end"; "", "for fd in 0..99 { socket::socket(#{fileno: fd}); }";
    fromfd: "", "socket.fromfd(0, socket.AF_INET, socket.SOCK_STREAM)"; "", "socket::fromfd(0, socket::AF_INET, socket::SOCK_STREAM)";
    dup: "", "socket.dup(0)"; "", "socket::dup(0)";
    close: "", "socket.close(0)"; "", "socket::close(0)";
    open: "", "open(0, 'rb')"; "", "open(0, \"rb\")";
    fcntl: "", "fcntl.fcntl(0, fcntl.F_GETFL)"; "", "fcntl::fcntl(0, fcntl::F_GETFL)";
    ioctl: "", "fcntl.ioctl(0, fcntl.FIONREAD, '    ')"; "", "fcntl::ioctl(0, fcntl::FIONREAD, \"    \")";
    fromshare: "", "socket.fromshare('wirescript share 1\\0' .. ('\\0'):rep(16) .. '\\0name')";
        "", "socket::fromshare(bytes(\"wirescript share 1\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00name\"))";
    share: TCP, "s:share(1)"; TCP_RHAI, "s.share(1)";
    send_fds: "local a, b = socket.socketpair()", "socket.send_fds(a, {'x'}, {0})"; "let p = socket::socketpair(); let a = p[0];", "socket::send_fds(a, [\"x\"], [0])";
    sendmsg_with_rights: "local a, b = socket.socketpair()", "a:sendmsg({'x'}, {{socket.SOL_SOCKET, socket.SCM_RIGHTS, ('\\0'):rep(4)}})";
        "let p = socket::socketpair(); let a = p[0];", "a.sendmsg([\"x\"], [[socket::SOL_SOCKET, socket::SCM_RIGHTS, bytes(\"\\x00\\x00\\x00\\x00\")]])";
    sendmsg_with_rights_among_others: "local a, b = socket.socketpair()", "a:sendmsg({'x'}, {{socket.SOL_SOCKET, 2, ('\\0'):rep(12)}, {socket.SOL_SOCKET, socket.SCM_RIGHTS, ('\\0'):rep(4)}})";
        "let p = socket::socketpair(); let a = p[0];", "a.sendmsg([\"x\"], [[socket::SOL_SOCKET, 2, bytes(\"\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\")], [socket::SOL_SOCKET, socket::SCM_RIGHTS, bytes(\"\\x00\\x00\\x00\\x00\")]])";
}

attempts! { a_kind_of_socket, built(Policy::deny_all().allow_net("*").and_then(|policy| policy.allow_listen("*"))),
    raw: "", "socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)"; "", "socket::socket(socket::AF_INET, socket::SOCK_RAW, socket::IPPROTO_ICMP)";
    raw_with_its_own_header: "", "socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)"; "", "socket::socket(socket::AF_INET, socket::SOCK_RAW, socket::IPPROTO_RAW)";
    raw_with_flags: "", "socket.socket(socket.AF_INET, socket.SOCK_RAW | socket.SOCK_NONBLOCK, 1)"; "", "socket::socket(socket::AF_INET, socket::SOCK_RAW | socket::SOCK_NONBLOCK, 1)";
    raw_in_the_other_family: "", "socket.socket(socket.AF_INET6, socket.SOCK_RAW, 58)"; "", "socket::socket(socket::AF_INET6, socket::SOCK_RAW, 58)";
    ping: "", "socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP)"; "", "socket::socket(socket::AF_INET, socket::SOCK_DGRAM, socket::IPPROTO_ICMP)";
    sctp: "", "socket.socket(socket.AF_INET, socket.SOCK_STREAM, 132)"; "", "socket::socket(socket::AF_INET, socket::SOCK_STREAM, 132)";
    packet: "", "socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)"; "", "socket::socket(socket::AF_PACKET, socket::SOCK_RAW, 0)";
    netlink: "", "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)"; "", "socket::socket(socket::AF_NETLINK, socket::SOCK_RAW, 0)";
    vsock: "", "socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)"; "", "socket::socket(socket::AF_VSOCK, socket::SOCK_STREAM)";
    the_kernels_crypto: "", "socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET)"; "", "socket::socket(socket::AF_ALG, socket::SOCK_SEQPACKET)";
    a_pair_of_another_family: "", "socket.socketpair(socket.AF_TIPC, socket.SOCK_STREAM)"; "", "socket::socketpair(socket::AF_TIPC, socket::SOCK_STREAM)";
    unix_connect: "local s = socket.socket(socket.AF_UNIX)", "s:connect('/tmp/nowhere')"; "let s = socket::socket(socket::AF_UNIX);", "s.connect(\"/tmp/nowhere\")";
    unix_bind: "local s = socket.socket(socket.AF_UNIX)", "s:bind('/tmp/nowhere')"; "let s = socket::socket(socket::AF_UNIX);", "s.bind(\"/tmp/nowhere\")";
    unix_by_itself: "local s = socket.socket(socket.AF_UNIX)", "s:bind('')"; "let s = socket::socket(socket::AF_UNIX);", "s.bind(\"\")";
}

attempts! { the_machine, built(Policy::deny_all().allow_net("*").and_then(|policy| policy.allow_listen("*"))),
    sethostname: "", "socket.sethostname('x')"; "", "socket::sethostname(\"x\")";
    gethostname: "", "socket.gethostname()"; "", "socket::gethostname()";
    interfaces: "", "socket.if_nameindex()"; "", "socket::if_nameindex()";
    an_interface: "", "socket.if_nametoindex('lo')"; "", "socket::if_nametoindex(\"lo\")";
    input: "", "input()"; "", "input()";
    reading: "", "open('/etc/hostname')"; "", "open(\"/etc/hostname\")";
    writing: "", "open('/tmp/wirescript-escape', 'w')"; "", "open(\"/tmp/wirescript-escape\", \"w\")";
}

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

#[cfg(feature = "lua54")]
#[test]
fn paths_that_lead_elsewhere_in_lua() {
    let room = room("lua");
    let here = room.display().to_string();
    let unix = "local s = socket.socket(socket.AF_UNIX)";
    for (setup, attempt) in [
        (String::new(), format!("open('{here}/other/secret')")),
        (
            format!("open('{here}/mine/file'):close()"),
            format!("open('{here}/mine/../other/secret')"),
        ),
        (String::new(), format!("open('{here}/mine/link/secret')")),
        (String::new(), format!("open('{here}/mine/link/new', 'w')")),
        (String::new(), format!("open('{here}/mine/dangling', 'w')")),
        (String::new(), "open('/proc/self/environ')".to_owned()),
        (String::new(), "open('/proc/self/fd/0')".to_owned()),
        (String::new(), "open('/dev/stdin')".to_owned()),
        (unix.to_owned(), format!("s:connect('{here}/mine/link/x.sock')")),
        (
            unix.to_owned(),
            format!("s:connect('{here}/mine/../other/x.sock')"),
        ),
        (unix.to_owned(), format!("s:bind('{here}/mine/link/x.sock')")),
        (unix.to_owned(), format!("s:bind('{here}/mine/x')")),
        (unix.to_owned(), "s:connect('\\0other')".to_owned()),
        (unix.to_owned(), "s:bind('\\0other')".to_owned()),
        (unix.to_owned(), "s:connect('@mine-x')".to_owned()),
    ] {
        refused(Speech::Lua, granted(&room), &setup, &attempt);
    }
    assert!(!room.join("other/new").exists());
    let _ = std::fs::remove_dir_all(&room);
}

#[cfg(feature = "rhai")]
#[test]
fn paths_that_lead_elsewhere_in_rhai() {
    let room = room("rhai");
    let here = room.display().to_string();
    let unix = "let s = socket::socket(socket::AF_UNIX);";
    for (setup, attempt) in [
        (String::new(), format!("open(\"{here}/other/secret\")")),
        (
            format!("open(\"{here}/mine/file\").close();"),
            format!("open(\"{here}/mine/../other/secret\")"),
        ),
        (String::new(), format!("open(\"{here}/mine/link/secret\")")),
        (String::new(), format!("open(\"{here}/mine/dangling\", \"w\")")),
        (unix.to_owned(), format!("s.connect(\"{here}/mine/link/x.sock\")")),
        (unix.to_owned(), format!("s.bind(\"{here}/mine/x\")")),
        (unix.to_owned(), "s.connect(bytes(\"\\x00other\"))".to_owned()),
    ] {
        refused(Speech::Rhai, granted(&room), &setup, &attempt);
    }
    let seen = {
        let code = format!("import \"{here}/other/secret\" as x");
        let mut runtime = Runtime::builder()
            .rhai()
            .policy(granted(&room))
            .build()
            .expect("a runtime");
        let error = runtime.run("attempt", code).expect_err("it is refused");
        error.to_string()
    };
    assert!(seen.contains("the policy does not allow opening"), "{seen}");
    let _ = std::fs::remove_dir_all(&room);
}

/// A descriptor that another process passes over a granted Unix socket.
#[cfg(feature = "lua54")]
#[test]
fn a_received_descriptor() {
    let room = room("received");
    let path = room.join("mine/x.sock").display().to_string();
    let (there, peer) = std::sync::mpsc::channel();
    let script = format!(
        "local s = socket.socket(socket.AF_UNIX) s:bind('{path}') s:listen() open('{path}.ready', 'w'):close()
        for _ = 1, 2 do local c = s:accept() socket.send_fds(c, {{'x'}}, {{0}}) c:close() end s:close()"
    );
    let sender = std::thread::spawn(move || {
        let mut runtime = Runtime::builder()
            .lua()
            .policy(Policy::allow_all())
            .build()
            .expect("a runtime");
        there.send(()).expect("the test waits");
        runtime.run("sender", script).map_err(|error| error.to_string())
    });
    peer.recv().expect("the sender runs");
    while !room.join("mine/x.sock.ready").exists() {
        std::thread::yield_now();
    }
    let setup = format!("local s = socket.socket(socket.AF_UNIX) s:connect('{path}')");
    refused(Speech::Lua, granted(&room), &setup, "socket.recv_fds(s, 9, 4)");
    refused(Speech::Lua, granted(&room), &setup, "s:recvmsg(9, 64)");
    sender.join().expect("no panic").expect("it sends");
    let _ = std::fs::remove_dir_all(&room);
}

/// Rules for a name hold for what the resolver gave for it, as in the loop over `getaddrinfo` of Python's documents.
#[test]
fn what_a_name_resolved_to_is_reached_by_its_rules() {
    let granted = built(Policy::deny_all().allow_net("localhost:9"));
    let denied = built(Policy::allow_all().deny_net("localhost:9"));
    #[cfg(feature = "lua54")]
    {
        let ask = "local s, a = socket.socket(), socket.getaddrinfo('localhost', 9, {family = socket.AF_INET})[1][5]";
        let code = format!(
            "{ask} local ok, e = pcall(s.connect, s, a) assert(e.code == 'ECONNREFUSED', tostring(e))"
        );
        let runtime = Runtime::builder().lua().policy(granted.clone());
        let outcome = runtime.build().expect("a runtime").run("granted", code);
        outcome.unwrap_or_else(|error| panic!("{error}"));
        refused(Speech::Lua, denied.clone(), ask, "s:connect(a)");
    }
    #[cfg(feature = "rhai")]
    {
        let ask = "let s = socket::socket(); let a = socket::getaddrinfo(\"localhost\", 9, #{family: socket::AF_INET})[0][4];";
        let code = format!(
            "{ask} try {{ s.connect(a); }} catch (e) {{ if e.code != \"ECONNREFUSED\" {{ throw e; }} }}"
        );
        let runtime = Runtime::builder().rhai().policy(granted);
        let outcome = runtime.build().expect("a runtime").run("granted", code);
        outcome.unwrap_or_else(|error| panic!("{error}"));
        refused(Speech::Rhai, denied, ask, "s.connect(a)");
    }
}

/// Between the judging of a name and its use nobody is asked again: what is connected to is what was judged.
#[cfg(feature = "lua54")]
#[test]
fn a_name_that_changes() {
    #[derive(Default)]
    struct Asked(Mutex<Vec<String>>);
    impl Observer for Asked {
        fn observe(&self, event: &Event<'_>, _: &Scene<'_>) {
            match event {
                Event::Asked { request, .. } => {
                    self.0.lock().expect("nobody panicked").push(request.to_string());
                }
                Event::Named { op, address, .. } => self
                    .0
                    .lock()
                    .expect("nobody panicked")
                    .push(format!("{op} {address}")),
                _ => {}
            }
        }
    }
    let policy = built(Policy::deny_all().allow_net("localhost:9"));
    let mut runtime = Runtime::builder()
        .lua()
        .policy(policy)
        .build()
        .expect("a runtime");
    let asked = Arc::new(Asked::default());
    runtime.net().set_observer(Some(asked.clone()));
    runtime
        .run("script", format!("{UDP} s:connect({{'localhost', 9}})"))
        .expect("it is granted");
    let asked = std::mem::take(&mut *asked.0.lock().expect("nobody panicked"));
    assert_eq!(
        asked[1..],
        [
            "resolving 'localhost'",
            "connecting to ('127.0.0.1', 9)",
            "connect ('127.0.0.1', 9)"
        ]
        .map(str::to_owned),
        "one question, and its answer is what is used"
    );
}

#[cfg(feature = "lua54")]
#[test]
fn lua_s_own_ways_out() {
    let policies = [
        Policy::deny_all(),
        not_here(),
        built(Policy::allow_all().deny_net("10.0.0.0/8")),
        built(
            Policy::deny_all()
                .allow_read("/")
                .and_then(|policy| policy.allow_write("/")),
        ),
    ];
    for policy in policies {
        let mut runtime = Runtime::builder()
            .lua()
            .policy(policy)
            .build()
            .expect("a runtime");
        let code = r#"
            for _, name in ipairs {"io", "os", "package", "debug", "dofile", "loadfile"} do assert(_G[name] == nil, name) end
            for _, name in ipairs {"io", "os", "debug", "package", "ffi", "./x", "/etc/passwd"} do assert(not pcall(require, name), name) end
            local code = string.dump(function() return 1 end)
            for _, mode in ipairs {"b", "bt", "t"} do assert(load(code, "x", mode) == nil) end
            assert(load(function() local piece = code code = nil return piece end, "x", "b") == nil)
            assert(not pcall(setmetatable, {}, {__gc = function() end}))
            assert(getmetatable("").__index == string and not pcall(setmetatable, "", {}))
            local s = errors.OSError(1, "x")
            assert(getmetatable(s) == false and not pcall(setmetatable, s, {}))
            assert(not pcall(load, "x", "x", {}) and coroutine.running() ~= nil)
        "#;
        if let Err(error) = runtime.run("attempt", code) {
            panic!("{error}");
        }
    }
}
