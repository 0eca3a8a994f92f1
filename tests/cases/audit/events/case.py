# What an audit hook is told: CPython's events with their arguments, in their order.
import socket
import sys

EVENTS = {"socket.__new__", "socket.bind", "socket.connect", "socket.getaddrinfo", "socket.gethostbyaddr",
          "socket.gethostbyname", "socket.gethostname", "socket.getnameinfo", "socket.getservbyname",
          "socket.getservbyport", "socket.sendmsg", "socket.sendto"}
listening = False
known = []


def word(value):
    for name, sock in known:
        if value is sock:
            return name
    if isinstance(value, socket.socket):
        return "a socket"
    # Ports differ from run to run.
    if isinstance(value, tuple):
        return "(%s)" % ", ".join([str(value[0]), "port" if value[1] > 1000 else str(value[1])] + [str(v) for v in value[2:]])
    if isinstance(value, int) and value > 1000:
        return "port"
    return str(value)


def hook(event, args):
    if listening and event in EVENTS:
        print("  " + event + "(" + ", ".join(word(value) for value in args) + ")")


sys.addaudithook(hook)


def step(name, f):
    global listening
    print(name)
    listening = True
    try:
        return f()
    except OSError as e:
        print("  raised " + type(e).__name__)
    finally:
        listening = False


s = step("socket", lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM))
known.append(("s", s))
step("flags", lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_CLOEXEC).close())
step("bind", lambda: s.bind(("127.0.0.1", 0)))
step("listen", lambda: s.listen())
address = s.getsockname()
c = step("create_connection", lambda: socket.create_connection(address))
conn = step("accept", lambda: s.accept()[0])
step("from", lambda: socket.create_connection(address, None, ("127.0.0.1", 0)).close())
step("dup", lambda: s.dup().close())
step("fromfd", lambda: socket.fromfd(s.fileno(), socket.AF_INET, socket.SOCK_STREAM).close())
step("fileno", lambda: socket.socket(fileno=s.dup().detach()).close())
pair = step("socketpair", lambda: socket.socketpair())
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
known.append(("u", u))
known.append(("p", pair[0]))
step("sendto", lambda: u.sendto(b"x", address))
step("sendmsg to", lambda: u.sendmsg([b"x"], [], 0, address))
step("sendmsg", lambda: pair[0].sendmsg([b"x"]))
step("send_fds", lambda: socket.send_fds(pair[0], [b"x"], [1]))
v6 = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
step("connect 2", lambda: v6.connect(("::1", 9)))
step("connect 4", lambda: v6.connect(("::1", 9, 0, 0)))
x = socket.socket(socket.AF_UNIX)
step("connect unix", lambda: x.connect("nobody.sock"))
step("connect_ex", lambda: u.connect_ex(("127.0.0.1", 1)))
step("getaddrinfo", lambda: socket.getaddrinfo("127.0.0.1", "80", 0, socket.SOCK_STREAM))
step("getaddrinfo None", lambda: socket.getaddrinfo(None, 80))
step("gethostbyname", lambda: socket.gethostbyname("127.0.0.1"))
step("gethostbyname_ex", lambda: socket.gethostbyname_ex("127.0.0.1"))
step("gethostbyaddr", lambda: socket.gethostbyaddr("127.0.0.1"))
step("getfqdn", lambda: socket.getfqdn("127.0.0.1"))
step("getnameinfo", lambda: socket.getnameinfo(("127.0.0.1", 80), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV))
step("getservbyname", lambda: socket.getservbyname("http", "tcp"))
step("getservbyport", lambda: socket.getservbyport(80, "tcp"))
step("gethostname", lambda: socket.gethostname())
step("getprotobyname", lambda: socket.getprotobyname("tcp"))
step("create_server", lambda: socket.create_server(("127.0.0.1", 0)).close())
step("dual stack", lambda: socket.has_dualstack_ipv6())
for sock in (s, c, conn, pair[0], pair[1], u, v6, x):
    sock.close()
