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
