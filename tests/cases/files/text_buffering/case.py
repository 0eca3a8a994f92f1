# Text is held back whatever the buffer's size: makefile knows no lines, open does.
import socket

a, b = socket.socketpair()
b.settimeout(0)


def come():
    try:
        return b.recv(100)
    except BlockingIOError:
        return None


for size in [1, 4]:
    f = a.makefile("w", buffering=size)
    f.write("abc")
    print(repr(come()))
    f.write("d\nefgh")
    print(repr(come()))
    f.flush()
    print(repr(come()))
    f.close()
f = a.makefile("wb", buffering=4)
f.write(b"abc")
print(repr(come()))
f.write(b"def")
print(repr(come()))
f.close()
print(repr(come()))


def content():
    with open("out", "rb") as g:
        return g.read()


f = open("out", "w", buffering=1)
f.write("abc")
print(repr(content()))
f.write("d\nef")
print(repr(content()))
f.close()
print(repr(content()))
a.close()
b.close()
