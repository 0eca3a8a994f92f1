//! The same place by another name: programs, numbers, sockets that the kernel names.

use super::*;

#[test]
fn a_granted_folder_of_programs_is_not_left_by_dots() {
    use std::os::unix::fs::PermissionsExt as _;

    let room = folder("loopholes_programs");
    fs::create_dir(room.join("granted")).expect("a folder");
    for name in ["granted/good", "evil"] {
        fs::write(room.join(name), "#!/bin/sh\necho it ran\n").expect("a program");
        fs::set_permissions(room.join(name), fs::Permissions::from_mode(0o755)).expect("it is ours");
    }
    let here = room.display();
    let lua = format!(
        "for _, name in ipairs {{'{here}/granted/good', './granted/good', '{here}/granted/../evil', './granted/x/../../evil', 'good'}} do
             try(function() tube.spawn({{name}}):close() end)
         end"
    );
    let rhai = format!(
        "for name in [\"{here}/granted/good\", \"./granted/good\", \"{here}/granted/../evil\", \"./granted/x/../../evil\", \"good\"] {{
             try_it.call(|| tube::spawn([name]).close());
         }}"
    );
    let allow = format!("--allow-run={here}/granted/*");
    all_say(
        &attempts(&room, &["--sandbox", &allow], &lua, &rhai),
        &format!("allowed\nallowed\n{}", "PermissionError\n".repeat(3)),
    );
    let lua = format!(
        "for _, name in ipairs {{'{here}/evil', './evil', '{here}/granted/../evil', 'granted/../evil'}} do
             try(function() tube.spawn({{name}}):close() end)
         end
         try(function() tube.spawn({{'./evil'}}, {{cwd = '{here}'}}):close() end)"
    );
    let rhai = format!(
        "for name in [\"{here}/evil\", \"./evil\", \"{here}/granted/../evil\", \"granted/../evil\"] {{
             try_it.call(|| tube::spawn([name]).close());
         }}
         try_it.call(|| tube::spawn([\"./evil\"], #{{cwd: \"{here}\"}}).close());"
    );
    for deny in [format!("--deny-run={here}/evil"), "--deny-run=evil".to_owned()] {
        all_say(
            &attempts(&room, &[&deny], &lua, &rhai),
            &"PermissionError\n".repeat(5),
        );
    }
}

/// A number is one however it is written, and what the resolver gave for a name that is denied is denied in every form.
#[test]
fn a_number_in_another_form_is_the_same_answer() {
    let room = folder("loopholes_numbers");
    let lua = "socket.getaddrinfo('localhost', 9)
               for _, host in ipairs {'127.0.0.1', '127.1', '0x7f000001', '2130706433', '0.0.0.0', ''} do
                   try(function() socket.socket():connect {host, 9} end)
               end
               try(function() socket.socket():connect {'127.0.0.2', 9} end)";
    let rhai = "socket::getaddrinfo(\"localhost\", 9);
                for host in [\"127.0.0.1\", \"127.1\", \"0x7f000001\", \"2130706433\", \"0.0.0.0\", \"\"] {
                    try_it.call(|| socket::socket().connect([host, 9]));
                }
                try_it.call(|| socket::socket().connect([\"127.0.0.2\", 9]));";
    all_say(
        &attempts(&room, &["--deny-net=localhost:9"], lua, rhai),
        &format!("{}ConnectionRefusedError\n", "PermissionError\n".repeat(6)),
    );
}

/// The kernel names a Unix socket that passes credentials, and then everybody can find it.
#[test]
fn a_name_that_the_kernel_gives_is_not_granted() {
    let room = folder("loopholes_named");
    let here = room.display();
    let lua = format!(
        "local s = socket.socket(socket.AF_UNIX)
         s:setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
         pcall(s.connect, s, '{here}/none.ok')
         assert(s:getsockname() ~= '')
         try(function() s:listen() end)
         local bound = socket.socket(socket.AF_UNIX)
         bound:bind('{here}/one.ok')
         try(function() bound:listen() end)"
    );
    let rhai = format!(
        "let s = socket::socket(socket::AF_UNIX);
         s.setsockopt(socket::SOL_SOCKET, socket::SO_PASSCRED, 1);
         try {{ s.connect(\"{here}/none.ok\"); }} catch {{}}
         if s.getsockname() == \"\" {{ throw \"it has no name\" }}
         try_it.call(|| s.listen());
         let bound = socket::socket(socket::AF_UNIX);
         bound.bind(\"{here}/two.ok\");
         try_it.call(|| bound.listen());"
    );
    let files = format!("--allow-unix={here}/*.ok");
    for (grant, told) in [
        (files.clone(), "PermissionError\nallowed\n"),
        (format!("{files},@*"), "allowed\nallowed\n"),
    ] {
        for name in ["one.ok", "two.ok"] {
            let _ = fs::remove_file(room.join(name));
        }
        all_say(&attempts(&room, &["--sandbox", &grant], &lua, &rhai), told);
    }
}

/// As listening, for datagrams: what strangers send to such a name is dropped, and what a granted peer says is heard.
#[cfg(feature = "lua")]
#[test]
fn a_datagram_socket_that_the_kernel_has_named_hears_whom_it_may_talk_to() {
    use std::os::linux::net::SocketAddrExt as _;
    use std::os::unix::net::{SocketAddr, UnixDatagram};

    let room = folder("loopholes_datagrams");
    let granted = UnixDatagram::bind(room.join("peer.ok")).expect("a socket");
    let code = "local s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
                s:setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
                s:sendto('hello', 'peer.ok')
                s:settimeout(10)
                print((s:recv(100)))
                local a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
                a:send('pair') print((b:recv(100)))";
    let grant = format!("--allow-unix={}/*.ok", room.display());
    let running = Running::start(&mut command(&room, &["--sandbox", &grant, "-e", code]));
    let mut buffer = [0; 16];
    granted
        .set_read_timeout(Some(LIMIT))
        .expect("a timeout that is none of zero");
    let (_, sender) = granted.recv_from(&mut buffer).expect("the script says hello");
    let name = sender.as_abstract_name().expect("the kernel has named it");
    let stranger = UnixDatagram::unbound().expect("a socket");
    let at = SocketAddr::from_abstract_name(name).expect("a name");
    stranger.send_to_addr(b"stranger", &at).expect("it is found");
    granted.send_to_addr(b"granted", &at).expect("it is found");
    let done = running.finish(LIMIT);
    assert_eq!(done.stdout, "granted\npair\n", "{}", done.stderr);
}
