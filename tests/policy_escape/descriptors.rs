//! Descriptors that the runtime did not make: guessed, inherited, received, shared.

use std::fs;
use std::io::IoSlice;
use std::os::unix::net::UnixListener;
use std::thread;

use socket2::{MsgHdr, SockRef};

use super::*;

attempts! { a_descriptor, built(Policy::deny_all().allow_net("*").and_then(|policy| policy.allow_listen("*")).and_then(|policy| policy.allow_unix("/"))),
    fileno: "", "socket.socket({fileno = 0})"; "", "socket::socket(#{fileno: 0})";
    guessed: "", "for fd = 0, 99 do socket.socket({fileno = fd}) end"; "", "for fd in 0..99 { socket::socket(#{fileno: fd}); }";
    fromfd: "", "socket.fromfd(0, socket.AF_INET, socket.SOCK_STREAM)"; "", "socket::fromfd(0, socket::AF_INET, socket::SOCK_STREAM)";
    dup: "", "socket.dup(0)"; "", "socket::dup(0)";
    close: "", "socket.close(0)"; "", "socket::close(0)";
    open: "", "open(0, 'rb')"; "", "open(0, \"rb\")";
    fcntl: "", "fcntl.fcntl(0, fcntl.F_GETFL)"; "", "fcntl::fcntl(0, fcntl::F_GETFL)";
    ioctl: "", "fcntl.ioctl(0, fcntl.FIONREAD, '    ')"; "", "fcntl::ioctl(0, fcntl::FIONREAD, \"    \")";
    select_to_read: "", "select.select({0}, {}, {}, 0)"; "", "select::select([0], [], [], 0)";
    select_to_write: "", "select.select({}, {1}, {}, 0)"; "", "select::select([], [1], [], 0)";
    select_for_errors: "", "select.select({}, {}, {2}, 0)"; "", "select::select([], [], [2], 0)";
    select_guessing: "", "for fd = 0, 99 do select.select({fd}, {}, {}, 0) end"; "", "for fd in 0..99 { select::select([fd], [], [], 0); }";
    poll: "local p = select.poll()", "p:register(0) p:poll(0)"; "let p = select::poll();", "p.register(0); p.poll(0)";
    epoll: "local p = select.epoll()", "p:register(0)"; "let p = select::epoll();", "p.register(0)";
    epoll_fromfd: "", "select.epoll_fromfd(0)"; "", "select::epoll_fromfd(0)";
    the_default_selector: "local p = selectors.DefaultSelector()", "p:register(0, selectors.EVENT_READ)"; "let p = selectors::DefaultSelector();", "p.register(0, selectors::EVENT_READ)";
    the_epoll_selector: "local p = selectors.EpollSelector()", "p:register(0, selectors.EVENT_READ)"; "let p = selectors::EpollSelector();", "p.register(0, selectors::EVENT_READ)";
    the_poll_selector: "local p = selectors.PollSelector()", "p:register(0, selectors.EVENT_READ) p:select(0)"; "let p = selectors::PollSelector();", "p.register(0, selectors::EVENT_READ); p.select(0)";
    the_select_selector: "local p = selectors.SelectSelector()", "p:register(0, selectors.EVENT_READ) p:select(0)"; "let p = selectors::SelectSelector();", "p.register(0, selectors::EVENT_READ); p.select(0)";
    open_to_write: "", "open(1, 'wb')"; "", "open(1, \"wb\")";
    open_guessing: "", "for fd = 0, 99 do open(fd, 'rb', {closefd = false}) end"; "", "for fd in 0..99 { open(fd, \"rb\", #{closefd: false}); }";
    sendfile: "local a = socket.socketpair()", "a:sendfile(open(0, 'rb'))"; "let a = socket::socketpair()[0];", "a.sendfile(open(0, \"rb\"))";
    the_number_of_a_file: "local f = socket.socketpair():makefile('rb')", "open(f:fileno(), 'rb')"; "let f = socket::socketpair()[0].makefile(\"rb\");", "open(f.fileno(), \"rb\")";
    what_was_detached: "local fd = socket.socketpair():detach()", "socket.socket{fileno = fd}"; "let fd = socket::socketpair()[0].detach();", "socket::socket(#{fileno: fd})";
    closing_what_was_detached: "local fd = socket.socketpair():detach()", "socket.close(fd)"; "let fd = socket::socketpair()[0].detach();", "socket::close(fd)";
    standard_input: "", "sys.stdin:read(1)"; "", "sys::stdin.read(1)";
    standard_input_by_its_number: "", "open(sys.stdin:fileno(), 'rb')"; "", "open(sys::stdin.fileno(), \"rb\")";
    fcntl_that_duplicates: "local a = socket.socketpair()", "fcntl.fcntl(a, fcntl.F_DUPFD, 0)"; "let a = socket::socketpair()[0];", "fcntl::fcntl(a, fcntl::F_DUPFD, 0)";
    fcntl_that_sends_signals: "local a = socket.socketpair()", "fcntl.fcntl(a, fcntl.F_SETOWN, 1)"; "let a = socket::socketpair()[0];", "fcntl::fcntl(a, fcntl::F_SETOWN, 1)";
    fcntl_that_chooses_signals: "local a = socket.socketpair()", "fcntl.fcntl(a, fcntl.F_SETSIG, 9)"; "let a = socket::socketpair()[0];", "fcntl::fcntl(a, fcntl::F_SETSIG, 9)";
    fcntl_guessing: "", "for fd = 0, 99 do fcntl.fcntl(fd, fcntl.F_SETFD, 0) end"; "", "for fd in 0..99 { fcntl::fcntl(fd, fcntl::F_SETFD, 0); }";
    ioctl_of_an_interface: "local a = socket.socketpair()", "fcntl.ioctl(a, fcntl.SIOCSIFFLAGS, ('\\0'):rep(40))"; "let a = socket::socketpair()[0];", "fcntl::ioctl(a, fcntl::SIOCSIFFLAGS, blob(40))";
    ioctl_that_asks_an_interface: "local a = socket.socketpair()", "fcntl.ioctl(a, fcntl.SIOCGIFADDR, 'lo' .. ('\\0'):rep(38))"; "let a = socket::socketpair()[0];", "fcntl::ioctl(a, fcntl::SIOCGIFADDR, blob(40))";
    fromshare: "", "socket.fromshare('wirescript share 1\\0' .. ('\\0'):rep(16) .. '\\0name')";
        "", "socket::fromshare(bytes(\"wirescript share 1\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00name\"))";
    share: TCP, "s:share(1)"; TCP_RHAI, "s.share(1)";
    send_fds: "local a, b = socket.socketpair()", "socket.send_fds(a, {'x'}, {0})"; "let p = socket::socketpair(); let a = p[0];", "socket::send_fds(a, [\"x\"], [0])";
    sendmsg_with_rights: "local a, b = socket.socketpair()", "a:sendmsg({'x'}, {{socket.SOL_SOCKET, socket.SCM_RIGHTS, ('\\0'):rep(4)}})";
        "let p = socket::socketpair(); let a = p[0];", "a.sendmsg([\"x\"], [[socket::SOL_SOCKET, socket::SCM_RIGHTS, bytes(\"\\x00\\x00\\x00\\x00\")]])";
    sendmsg_with_rights_among_others: "local a, b = socket.socketpair()", "a:sendmsg({'x'}, {{socket.SOL_SOCKET, 2, ('\\0'):rep(12)}, {socket.SOL_SOCKET, socket.SCM_RIGHTS, ('\\0'):rep(4)}})";
        "let p = socket::socketpair(); let a = p[0];", "a.sendmsg([\"x\"], [[socket::SOL_SOCKET, 2, bytes(\"\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\")], [socket::SOL_SOCKET, socket::SCM_RIGHTS, bytes(\"\\x00\\x00\\x00\\x00\")]])";
}

/// Passes a descriptor of ours over a granted Unix socket to each of the attempts to take one.
fn receiving(name: &str, speech: Speech, setup: impl FnOnce(&str) -> String, attempts: &[&str]) {
    let room = room(name);
    let path = room.join("mine/x.sock");
    let listener = UnixListener::bind(&path).expect("a free path");
    let count = attempts.len();
    let sender = thread::spawn(move || {
        // As cmsg(3) lays out one descriptor: its length, SOL_SOCKET, SCM_RIGHTS.
        let mut rights = 20_usize.to_ne_bytes().to_vec();
        rights.extend([1_i32, 1, 0, 0].into_iter().flat_map(i32::to_ne_bytes));
        for _ in 0..count {
            let (peer, _) = listener.accept().expect("an attempt");
            let data = [IoSlice::new(b"x")];
            let message = MsgHdr::new().with_buffers(&data).with_control(&rights);
            SockRef::from(&peer).sendmsg(&message, 0).expect("it is sent");
        }
    });
    let setup = setup(&path.display().to_string());
    for attempt in attempts {
        refused(speech, granted(&room), &setup, attempt);
    }
    sender.join().expect("no panic");
    let _ = fs::remove_dir_all(&room);
}

#[cfg(feature = "lua")]
#[test]
fn a_received_descriptor_in_lua() {
    let setup = |path: &str| format!("local s = socket.socket(socket.AF_UNIX) s:connect('{path}')");
    let attempts = [
        "socket.recv_fds(s, 9, 4)",
        "s:recvmsg(9, 64)",
        "s:recvmsg_into({bytearray(9)}, 64)",
    ];
    receiving("received-lua", Speech::Lua, setup, &attempts);
}

#[cfg(feature = "rhai")]
#[test]
fn a_received_descriptor_in_rhai() {
    let setup = |path: &str| format!("let s = socket::socket(socket::AF_UNIX); s.connect(\"{path}\");");
    let attempts = [
        "socket::recv_fds(s, 9, 4)",
        "s.recvmsg(9, 64)",
        "s.recvmsg_into([bytearray(9)], 64)",
    ];
    receiving("received-rhai", Speech::Rhai, setup, &attempts);
}
