# An IPv6 address has four parts; two are enough to give.
import socket

with socket.socket(socket.AF_INET6) as s:
    print(s.getsockname())
    s.bind(("::1", 0))
    host, port, flowinfo, scope_id = s.getsockname()
    print(host, repr(port > 0), flowinfo, scope_id, sep="\t")
    s.listen()
    with socket.socket(socket.AF_INET6) as c:
        c.connect((host, port, 0, 0))
        print(repr(c.getpeername() == s.getsockname()))
        conn, addr = s.accept()
        print(addr[0], addr[2], addr[3], len(addr), sep="\t")
        conn.close()

with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
    s.bind(("", 0))
    print(s.getsockname()[0])

with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
    s.bind(("0:0:0:0:0:ffff:127.0.0.1", 0))
    print(s.getsockname()[0])
