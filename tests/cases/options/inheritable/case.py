# New descriptors are not inherited by child processes unless that is asked for.
import socket

with socket.socket() as s:
    print(repr(s.get_inheritable()))
    print(repr(s.set_inheritable(True)), repr(s.get_inheritable()))
    d = s.dup()
    print(repr(d.get_inheritable()))
    d.close()
    s.set_inheritable(False)
    print(repr(s.get_inheritable()))

with socket.create_server(("127.0.0.1", 0)) as server:
    server.set_inheritable(True)
    with socket.create_connection(server.getsockname()) as c:
        conn, addr = server.accept()
        print(repr(server.get_inheritable()), repr(c.get_inheritable()), repr(conn.get_inheritable()))
        conn.close()
