# Returned addresses compare by value and can be given back.
import socket

with socket.create_server(("127.0.0.1", 0)) as s:
    address = s.getsockname()
    print(repr(address == s.getsockname()))
    c = socket.socket()
    c.connect(address)
    conn, peer = s.accept()
    print(repr(peer == c.getsockname()), repr(conn.getsockname() == address))
    print(repr(c.getpeername() == address), repr(conn.getpeername() == peer))
    print(repr(peer == address), repr(peer != address))
    print(repr(address == ("127.0.0.1", address[1])), repr(("127.0.0.1", address[1]) == address))
    print(repr(address == ("127.0.0.1", 0)), repr(address == ("127.0.0.1",)), repr(address != ("localhost", address[1])))
    c.close()
    conn.close()
