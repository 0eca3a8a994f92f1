//! Kinds of sockets that need a grant of their own, and questions about the machine.

use super::*;

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

/// Everything but one network: what sends packets with headers of its own could reach that.
fn all_but_a_network() -> Policy {
    built(Policy::allow_all().deny_net("10.0.0.0/8"))
}

attempts! { past_what_is_denied, all_but_a_network(),
    a_header_of_its_own: "", "socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)"; "", "socket::socket(socket::AF_INET, socket::SOCK_RAW, socket::IPPROTO_RAW)";
    a_frame_the_old_way: "", "socket.socket(socket.AF_INET, 10, 0x0300)"; "", "socket::socket(socket::AF_INET, 10, 0x0300)";
    a_frame: "", "socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)"; "", "socket::socket(socket::AF_PACKET, socket::SOCK_RAW, 0)";
}

attempts! { beside_the_descriptors, built(Policy::deny_all().allow_unix("/")),
    the_peers_process: "local a = socket.socketpair()", "a:getsockopt(socket.SOL_SOCKET, 77)"; "let a = socket::socketpair()[0];", "a.getsockopt(socket::SOL_SOCKET, 77)";
    somebody_elses_name: "local a = socket.socketpair()", "a:sendmsg({'x'}, {{socket.SOL_SOCKET, socket.SCM_CREDENTIALS, struct.pack('iii', 1, 12345, 12345)}})";
        "let a = socket::socketpair()[0];", "a.sendmsg([\"x\"], [[socket::SOL_SOCKET, socket::SCM_CREDENTIALS, struct::pack(\"iii\", 1, 12345, 12345)]])";
}
