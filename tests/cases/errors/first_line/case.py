# The last line of a traceback, for errors of every kind.
import socket
import traceback


def show(f):
    try:
        f()
        print("no error")
    except Exception as e:
        print(traceback.format_exception_only(e)[-1].strip())


a, b = socket.socketpair()
a.settimeout(0)
show(lambda: a.recv(1))
a.settimeout(0.01)
show(lambda: a.recv(1))
a.close()
show(lambda: a.recv(1))
show(lambda: b.send(b"x"))
b.close()
show(lambda: socket.getaddrinfo("127.0.0.1", "no-such-service"))
show(lambda: socket.inet_aton("not an address"))
show(lambda: socket.inet_ntop(socket.AF_INET, b"123"))
show(lambda: socket.socket(socket.AF_UNIX).connect("no-such-file"))
