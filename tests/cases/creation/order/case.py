# create_server makes its socket before it looks at the address; create_connection binds in the family it tries.
import socket


def show(f):
    try:
        f().close()
        print("made")
    except Exception as e:
        print(type(e).__name__, repr(getattr(e, "errno", None)), e, sep="\t")


show(lambda: socket.create_server(("127.0.0.1", 0), family=99))
show(lambda: socket.create_server(("127.0.0.1", 0), family=socket.AF_UNIX, reuse_port=True))
show(lambda: socket.create_server(("::1", 0)))
show(lambda: socket.create_server(("192.0.2.77", 0)))
show(lambda: socket.create_server(("", 0), family=socket.AF_INET6))

server = socket.create_server(("::1", 0), family=socket.AF_INET6)
there = ("::1", server.getsockname()[1])
show(lambda: socket.create_connection(there, source_address=("", 0)))
show(lambda: socket.create_connection(there, source_address=("::1", 0)))
show(lambda: socket.create_connection(there, source_address=("::1", 0, 0, 0)))
show(lambda: socket.create_connection(there, source_address=("127.0.0.1", 0)))
server.close()
server = socket.create_server(("127.0.0.1", 0))
there = server.getsockname()
show(lambda: socket.create_connection(there, source_address=("", 0)))
show(lambda: socket.create_connection(there, source_address=("127.0.0.2", 0)))
server.close()
