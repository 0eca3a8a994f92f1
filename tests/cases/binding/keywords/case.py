# Arguments by name; names that do not exist, and names given twice.
import socket


def show(f):
    try:
        f()
        print("no error")
    except Exception as e:
        print(type(e).__name__)


with socket.socket(family=socket.AF_INET6, type=socket.SOCK_DGRAM, proto=socket.IPPROTO_UDP) as s:
    print(int(s.family), int(s.type), s.proto, sep="\t")
with socket.socket(socket.AF_UNIX, type=socket.SOCK_DGRAM) as s:
    print(int(s.family), int(s.type), s.proto, sep="\t")
for res in socket.getaddrinfo(host="127.0.0.1", port=80, type=socket.SOCK_STREAM, flags=0):
    print(res[4])
with socket.create_server(address=("127.0.0.1", 0), backlog=1) as server:
    with socket.create_connection(address=server.getsockname(), timeout=1.5) as c:
        print(c.gettimeout())
a, b = socket.socketpair(family=socket.AF_UNIX, type=socket.SOCK_DGRAM)
print(int(a.family), int(b.type), sep="\t")
a.close()
b.close()
show(lambda: socket.socket(families=1))
show(lambda: socket.socket(socket.AF_INET, family=socket.AF_INET))
show(lambda: socket.getaddrinfo("127.0.0.1", 80, sort=1))
show(lambda: socket.create_server(("127.0.0.1", 0), back_log=5))
show(lambda: socket.create_connection(("127.0.0.1", 9), address=("127.0.0.1", 9)))
show(lambda: socket.getaddrinfo(port=80))
