# UDPLITE: datagrams whose checksum covers their beginning only; one that covers too little is not delivered.
import socket

for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
    r = socket.socket(family, socket.SOCK_DGRAM, socket.IPPROTO_UDPLITE)
    s = socket.socket(family, socket.SOCK_DGRAM, socket.IPPROTO_UDPLITE)
    r.settimeout(20)
    r.bind((host, 0))
    s.bind((host, 0))
    s.setsockopt(socket.IPPROTO_UDPLITE, socket.UDPLITE_SEND_CSCOV, 16)
    print(s.getsockopt(socket.IPPROTO_UDPLITE, socket.UDPLITE_SEND_CSCOV))
    print(s.sendto(b"sixteen are covered of this", r.getsockname()))
    data, address = r.recvfrom(100)
    print(repr(data), address == s.getsockname())
    r.setsockopt(socket.IPPROTO_UDPLITE, socket.UDPLITE_RECV_CSCOV, 24)
    s.sendto(b"not enough covered", r.getsockname())
    s.setsockopt(socket.IPPROTO_UDPLITE, socket.UDPLITE_SEND_CSCOV, 24)
    s.sendto(b"enough covered here", r.getsockname())
    print(repr(r.recv(100)))
