# create_server binds, listens and sets SO_REUSEADDR.
import socket

with socket.create_server(("127.0.0.1", 0)) as s:
    host, port = s.getsockname()
    print(host, repr(port > 0))
    print(int(s.family), int(s.type), repr(s.gettimeout()))
    print(repr(s.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR) != 0))
    print(repr(s.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)))
    with socket.create_connection((host, port)) as c:
        conn, addr = s.accept()
        print(repr(addr == c.getsockname()), addr[0])
        conn.close()

with socket.create_server(("127.0.0.1", 0), backlog=5, reuse_port=True) as s:
    print(repr(s.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT) != 0))
    again = socket.create_server(s.getsockname(), reuse_port=True)
    print(repr(again.getsockname() == s.getsockname()))
    again.close()
