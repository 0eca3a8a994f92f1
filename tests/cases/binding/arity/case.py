# Too few and too many arguments.
import socket


def show(f):
    try:
        f()
        print("no error")
    except Exception as e:
        print(type(e).__name__)


s = socket.socket()
for name in ("bind", "connect", "connect_ex", "recv", "recvfrom", "recv_into", "recvfrom_into", "send", "sendall", "sendto",
             "getsockopt", "setsockopt", "settimeout", "setblocking", "set_inheritable", "shutdown"):
    show(lambda: getattr(s, name)())
for name in ("accept", "close", "detach", "dup", "fileno", "getpeername", "getsockname", "gettimeout", "getblocking", "get_inheritable"):
    show(lambda: getattr(s, name)(1))
show(lambda: s.recv(1, 2, 3))
show(lambda: s.sendto(b"x"))
show(lambda: s.sendto(b"x", 0, ("127.0.0.1", 9), 1))
show(lambda: s.listen(1, 2))
print(repr(s.fileno() > 2))
for name in ("create_connection", "create_server", "fromfd", "close", "getaddrinfo", "setdefaulttimeout", "inet_aton", "inet_ntoa",
             "inet_pton", "inet_ntop"):
    show(lambda: getattr(socket, name)())
show(lambda: socket.gethostname(1))
show(lambda: socket.getdefaulttimeout(1))
show(lambda: socket.socket(1, 2, 3, 4, 5))
show(lambda: socket.inet_aton("127.0.0.1", 1))
s.close()
