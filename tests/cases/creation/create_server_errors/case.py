# create_server says which address it could not have.
import re
import socket


def show(f):
    try:
        f()
        print("no error")
    except Exception as e:
        text = re.sub(r"', \d+", "', PORT", str(e))
        print(type(e).__name__, repr(getattr(e, "errno", None)), text, sep="\t")


with socket.create_server(("127.0.0.1", 0)) as s:
    taken = s.getsockname()
    show(lambda: socket.create_server(taken))
show(lambda: socket.create_server(("192.0.2.1", 0)))
show(lambda: socket.create_server(("127.0.0.1", 0), dualstack_ipv6=True))
