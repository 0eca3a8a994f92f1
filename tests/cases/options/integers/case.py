# Options that are numbers.
import socket

with socket.socket() as s:
    print(repr(s.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR)))
    print(repr(s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)))
    print(repr(s.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR)))
    s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, True)
    print(s.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE))
    s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, False)
    print(s.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE))
    print(s.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE), s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR), sep="\t")
    print(s.getsockopt(socket.SOL_SOCKET, socket.SO_DOMAIN), s.getsockopt(socket.SOL_SOCKET, socket.SO_PROTOCOL), sep="\t")
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    print(s.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF))
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    print(s.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 77)
    print(s.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE))
    s.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 42)
    print(s.getsockopt(socket.IPPROTO_IP, socket.IP_TTL))

with socket.socket(socket.AF_INET6) as s:
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    print(s.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY))
    print(s.getsockopt(socket.SOL_SOCKET, socket.SO_DOMAIN))
