# Names that are none, before anybody is asked.
import socket


def show(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, repr(getattr(e, "errno", None)), e if not isinstance(e, TypeError) else "", sep="\t")


# The kernel would take it.
show(lambda: socket.sethostname("a\0b"))
# Any address is one of each family.
show(lambda: socket.gethostbyaddr(""))
numeric = socket.NI_NUMERICHOST | socket.NI_NUMERICSERV
for host in ("x" * 64, "x" * 64 + ".org", "a..b", ".a", "."):
    show(lambda: socket.getaddrinfo(host, 80))
    show(lambda: socket.gethostbyname(host))
show(lambda: socket.create_connection(("a..b", 80)))
show(lambda: socket.getaddrinfo("x" * 63 + ".", 80, 0, 0, 0, socket.AI_NUMERICHOST))
# A number is no bool for a service, though it is elsewhere.
show(lambda: socket.getaddrinfo("127.0.0.1", True))
show(lambda: socket.getnameinfo(("127.0.0.1", "80"), numeric))
show(lambda: socket.getnameinfo((None, 80), numeric))
show(lambda: socket.getnameinfo(("127.0.0.1",), numeric))
show(lambda: socket.getnameinfo(("::1", 80, 0, 0, 0), numeric))
show(lambda: socket.getnameinfo(("127.0.0.1", 80, 0), numeric))
show(lambda: socket.getnameinfo(("::1", 80, 1 << 20), numeric))
show(lambda: socket.getservbyport(65536))
# The zone is the tuple's, also where the host names one.
print(*socket.getnameinfo(("fe80::1%lo", 80), numeric))
print(*socket.getnameinfo(("fe80::1", 80, 0, 1), numeric))
