# Numbers out of range, and NUL bytes where C ends a string.
import socket


def show(f):
    try:
        f()
        print("no error")
    except Exception as e:
        print(type(e).__name__)


s = socket.socket()
show(lambda: s.recv(-1))
show(lambda: s.recvfrom(-1))
show(lambda: s.recv(10, 1 << 40))
show(lambda: s.listen(1 << 40))
show(lambda: s.shutdown(1 << 40))
show(lambda: s.getsockopt(1 << 40, 1))
show(lambda: s.setsockopt(1, 1 << 40, 1))
s.close()
show(lambda: socket.socket(1 << 40))
show(lambda: socket.socket(socket.AF_INET, 1 << 40))
show(lambda: socket.inet_pton(1 << 40, "127.0.0.1"))
show(lambda: socket.getaddrinfo("127.0.0.1", 80, 1 << 40))
show(lambda: socket.inet_aton("127.0.0.1\0"))
show(lambda: socket.inet_pton(socket.AF_INET, "127.0.0.1\0"))
