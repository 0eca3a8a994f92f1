# Parameters that are given by name only.
import socket
import ssl


def show(f):
    try:
        f()
        print("no error")
    except Exception as e:
        print(type(e).__name__, repr("positional argument" in str(e)))


show(lambda: socket.create_server(("127.0.0.1", 0), socket.AF_INET))
show(lambda: socket.create_server(("127.0.0.1", 0), socket.AF_INET, 5, False, False))
show(lambda: socket.create_server(("127.0.0.1", 0), family=socket.AF_INET, backlog=5).close())
show(lambda: socket.create_connection(("127.0.0.1", 9), 1, None, True))
a, b = socket.socketpair()
show(lambda: a.makefile("r", None, "utf-8"))
show(lambda: a.makefile("r", None, encoding="utf-8").close())
show(lambda: ssl.create_default_context(ssl.Purpose.SERVER_AUTH, None))
show(lambda: ssl.create_default_context(ssl.Purpose.CLIENT_AUTH))
a.close()
b.close()
