//! Addresses by other names, names by other addresses, and sockets that are connected or bound already.

use super::*;

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
    dissolved: CONNECTED, "s:connect({'0.0.0.0', 0})"; CONNECTED_RHAI, "s.connect([\"0.0.0.0\", 0])";
    of_no_family: "", "socket.socket(socket.AF_UNSPEC, socket.SOCK_DGRAM)"; "", "socket::socket(socket::AF_UNSPEC, socket::SOCK_DGRAM)";
    through_a_wrapper: CONNECTED, "tube.wrap(s).socket:sendto('x', {'127.0.0.1', 10})"; CONNECTED_RHAI, "tube::wrap(s).socket.sendto(\"x\", [\"127.0.0.1\", 10])";
    through_a_duplicate: CONNECTED, "s:dup():connect({'127.0.0.1', 10})"; CONNECTED_RHAI, "s.dup().connect([\"127.0.0.1\", 10])";
    while_faults_are_made: CONNECTED, "socket.faults{drop = 1} s:sendto('x', {'127.0.0.1', 10})"; CONNECTED_RHAI, "socket::faults(#{drop: 1}); s.sendto(\"x\", [\"127.0.0.1\", 10])";
    control_data: CONNECTED, "s:sendmsg({'x'}, {{0, 8, ('\\0'):rep(12)}})"; CONNECTED_RHAI, "s.sendmsg([\"x\"], [[0, 8, bytes(\"\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\")]])";
    bind_to_device: CONNECTED, "s:setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, 'lo\\0')";
        CONNECTED_RHAI, "s.setsockopt(socket::SOL_SOCKET, socket::SO_BINDTODEVICE, bytes(\"lo\\x00\"))";
    a_source_route: CONNECTED, "s:setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, '\\x83\\x07\\x04\\x7f\\0\\0\\2\\0')";
        CONNECTED_RHAI, "s.setsockopt(socket::IPPROTO_IP, socket::IP_OPTIONS, bytes(\"\\x83\\x07\\x04\\x7f\\x00\\x00\\x02\\x00\"))";
    a_mark: CONNECTED, "s:setsockopt(socket.SOL_SOCKET, socket.SO_MARK, 1)"; CONNECTED_RHAI, "s.setsockopt(socket::SOL_SOCKET, socket::SO_MARK, 1)";
    transparent: CONNECTED, "s:setsockopt(socket.IPPROTO_IP, 19, 1)"; CONNECTED_RHAI, "s.setsockopt(socket::IPPROTO_IP, 19, 1)";
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
    a_tube: "", "tube.listen('tcp://0.0.0.0:0')"; "", "tube::listen(\"tcp://0.0.0.0:0\")";
    a_server_object: "", "socketserver.TCPServer({'', 0}, socketserver.BaseRequestHandler)"; "", "socketserver::TCPServer([\"\", 0], #{})";
    a_server_of_datagrams: "", "socketserver.UDPServer({'127.0.0.1', 9}, socketserver.BaseRequestHandler)"; "", "socketserver::UDPServer([\"127.0.0.1\", 9], #{})";
    a_server_on_a_path: "", "socketserver.UnixStreamServer('/tmp/wirescript-escape', socketserver.BaseRequestHandler)"; "", "socketserver::UnixStreamServer(\"/tmp/wirescript-escape\", #{})";
    a_forking_server: "", "_socketserver.fork(function() end)"; "", "_socketserver::fork(|| 0)";
    an_answer: UDP, "s:bind({'127.0.0.1', 0}) s:sendto('x', {'127.0.0.1', 10})"; UDP_RHAI, "s.bind([\"127.0.0.1\", 0]); s.sendto(\"x\", [\"127.0.0.1\", 10])";
}
