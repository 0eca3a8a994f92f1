# Arguments of the wrong kind.
import socket


def show(f):
    try:
        f()
        print("no error")
    except Exception as e:
        print(type(e).__name__)


s = socket.socket()
show(lambda: s.recv("10"))
show(lambda: s.recv(1.5))
show(lambda: s.recv(None))
show(lambda: s.recv([]))
show(lambda: s.recv(10, "0"))
show(lambda: s.send(5))
show(lambda: s.send(None))
show(lambda: s.sendall([]))
show(lambda: s.send(s))
show(lambda: s.sendto(5, ("127.0.0.1", 9)))
show(lambda: s.recv_into(5))
show(lambda: s.recv_into(None))
show(lambda: s.recv_into(b"read only"))
show(lambda: s.shutdown("x"))
show(lambda: s.listen("x"))
show(lambda: s.listen(1.5))
show(lambda: s.getsockopt("x", 1))
show(lambda: s.setsockopt(1, 2, []))
show(lambda: s.set_inheritable("x"))
show(lambda: s.setblocking("x"))
s.close()
show(lambda: socket.socket("AF_INET"))
show(lambda: socket.socket(socket.AF_INET, 1.5))
show(lambda: socket.close("x"))
show(lambda: socket.close(1.5))
show(lambda: socket.fromfd("x", 1, 2))
show(lambda: socket.inet_aton(5))
show(lambda: socket.inet_ntoa(5))
show(lambda: socket.inet_pton("x", "127.0.0.1"))
show(lambda: socket.inet_pton(socket.AF_INET, 5))
show(lambda: socket.inet_ntop(socket.AF_INET, 5))
show(lambda: socket.getaddrinfo(5, 80))
show(lambda: socket.getaddrinfo("127.0.0.1", 80, "x"))
show(lambda: socket.create_connection(5))
show(lambda: socket.create_server(5))
