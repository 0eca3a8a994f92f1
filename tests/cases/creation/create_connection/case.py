# create_connection: timeout, source address, either family.
import socket

with socket.create_server(("127.0.0.1", 0)) as server:
    address = server.getsockname()

    with socket.create_connection(address) as c:
        print(int(c.family), int(c.type), repr(c.gettimeout()))
        print(repr(c.getpeername() == address))
        server.accept()[0].close()

    with socket.create_connection(address, 5) as c:
        print(c.gettimeout())
        server.accept()[0].close()

    with socket.create_connection(address, timeout=2.5, source_address=("127.0.0.2", 0)) as c:
        print(c.gettimeout(), c.getsockname()[0], sep="\t")
        conn, peer = server.accept()
        print(peer[0], repr(conn.gettimeout()), sep="\t")
        conn.close()

with socket.create_server(("::1", 0), family=socket.AF_INET6) as server:
    with socket.create_connection(server.getsockname()[:2]) as c:
        print(int(c.family), c.getpeername()[0], sep="\t")
