# An error is of its class and of every class above it.
import socket

names = [
    "BaseException", "Exception", "OSError", "ConnectionError", "ConnectionRefusedError", "ConnectionResetError",
    "BrokenPipeError", "BlockingIOError", "TimeoutError", "PermissionError", "FileNotFoundError",
    "ValueError", "TypeError", "ArithmeticError", "OverflowError", "AttributeError", "LookupError",
]


def show(f):
    try:
        f()
        print("no error")
    except Exception as e:
        print(type(e).__name__ + ": " + " ".join(n for n in names if isinstance(e, getattr(__builtins__, n))))
        print(repr(isinstance(e, socket.error)), repr(isinstance(e, socket.timeout)), repr(isinstance(e, socket.gaierror)))


with socket.socket() as deaf, socket.socket() as s:
    deaf.bind(("127.0.0.1", 0))
    show(lambda: s.connect(deaf.getsockname()))
a, b = socket.socketpair()
a.close()
show(lambda: b.send(b"x"))
b.close()
a, b = socket.socketpair()
a.settimeout(0)
show(lambda: a.recv(1))
a.settimeout(0.01)
show(lambda: a.recv(1))
a.close()
b.close()
show(lambda: socket.getaddrinfo(None, None))
show(lambda: socket.socket(socket.AF_UNIX).connect("no-such-file"))
show(lambda: socket.htons(65536))
show(lambda: socket.inet_ntop(99, b"1234"))
show(lambda: socket.htons("1"))
show(lambda: a.no_such_name)
