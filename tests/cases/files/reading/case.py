# read, read1, peek, readinto: sizes, buffering, end of stream, wrong arguments.
import socket

def reader(data, *arguments):
    a, b = socket.socketpair()
    b.sendall(data)
    b.close()
    return a.makefile(*arguments)

f = reader(b"0123456789", "rb")
print(f.read(3), f.read(0), f.peek()[:2], f.read1(2), f.read1(0), f.read(100), f.read(1), f.peek(), f.read1(), f.read())
f = reader(b"0123456789", "rb", 4)
print(f.read(1), f.peek(), f.read1(2), f.read1(100), f.read1(4), f.read())
f = reader(b"0123456789", "rb", 0)
print(f.read(3), f.readline(2), f.read(), f.read(), f.readall())
f = reader(b"0123456789", "rb")
array = bytearray(4)
print(f.readinto(array), repr(array), f.readinto1(array), repr(array), f.readinto(array), repr(array), f.readinto(array))
print(f.readinto(bytearray(0)))
f = reader(b"0123456789", "rb", 2)
array = bytearray(8)
print(f.readinto(array), repr(array), f.readinto1(array), repr(array))
f = reader(b"0123456789", "rb", 0)
print(f.readinto(array), repr(array), f.readinto(array), repr(array))
f = reader("aé€\n".encode("utf-8") * 3, "r")
print(len(f.read(2)), len(f.read(0)), len(f.readline()), len(f.read(-1)), len(f.read()), len(f.read(5)))
f = reader(b"one\ntwo\n", "rb")
for call in [lambda: f.read(-2), lambda: f.seek(0), lambda: f.tell(), lambda: f.detach().read(3), lambda: f.read(), lambda: f.closed]:
    try:
        print(call())
    except (ValueError, OSError) as e:
        print(type(e).__name__, e, sep="\t")
f = reader(b"one\ntwo\n", "r")
print(repr(f.buffer.raw.readable()), f.readline() == "one\n")
for call in [lambda: f.seek(0), lambda: f.tell(), lambda: f.detach().mode, lambda: f.read(), lambda: f.name]:
    try:
        print(call())
    except (ValueError, OSError) as e:
        print(type(e).__name__, e, sep="\t")
