# recv_into fills the caller's buffer.
import socket


def show(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__)


a, b = socket.socketpair()
buf = bytearray(8)
a.sendall(b"abc")
print(b.recv_into(buf), repr(buf), sep="\t")
a.sendall(b"0123456789")
print(b.recv_into(buf, 4), repr(buf), sep="\t")
print(b.recv_into(buf, 0), repr(buf), sep="\t")
a.sendall(b"peek")
print(b.recv_into(buf, 2, socket.MSG_PEEK), b.recv_into(buf), repr(buf), sep="\t")
show(lambda: b.recv_into(buf, 9))
show(lambda: b.recv_into(buf, -1))
show(lambda: b.recv_into(5))
a.close()
print(b.recv_into(buf), repr(buf), sep="\t")
b.close()
