# create_server for IPv6: alone, and for both families at once.
import socket

with socket.create_server(("::1", 0), family=socket.AF_INET6) as s:
    print(int(s.family), s.getsockname()[0], len(s.getsockname()), sep="\t")
    print(s.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY))

with socket.create_server(("", 0), family=socket.AF_INET6, dualstack_ipv6=True) as s:
    print(s.getsockname()[0], s.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY), sep="\t")
    port = s.getsockname()[1]
    with socket.create_connection(("127.0.0.1", port)):
        conn, addr = s.accept()
        print(addr[0], int(conn.family), sep="\t")
        conn.close()
    with socket.create_connection(("::1", port)):
        conn, addr = s.accept()
        print(addr[0], int(conn.family), sep="\t")
        conn.close()
