# A timeout raises, in a read, a line and an iteration; a write that cannot leave raises too.
import socket

a, b = socket.socketpair()
a.settimeout(0.05)
b.sendall(b"one\ntwo\nhalf")
lines = []
try:
    for line in a.makefile("rb"):
        lines.append(line)
except socket.timeout as e:
    print(lines, type(e).__name__, e, e.errno)
for mode, call in [("rb", lambda f: f.read(10)), ("rb", lambda f: f.read()), ("rb", lambda f: f.readline()), ("r", lambda f: f.readline()), ("r", lambda f: f.read(9))]:
    a, b = socket.socketpair()
    a.settimeout(0.05)
    b.sendall(b"half")
    try:
        call(a.makefile(mode))
    except TimeoutError as e:
        print(type(e).__name__, e, e.errno)
f = a.makefile("wb")
try:
    while True:
        f.write(b"x" * 100000)
except TimeoutError as e:
    print(type(e).__name__, e, e.errno)
a, b = socket.socketpair()
a.setblocking(False)
f = a.makefile("rb")
print(f.read(), f.read(5), f.readinto(bytearray(3)), f.raw.read(3))
b.sendall(b"now")
print(f.read(5))
f = a.makefile("wb", 0)
while f.write(b"x" * 10000) is not None:
    pass
print(f.write(b"x"))
f = a.makefile("wb", 10)
print(f.write(b"abc"))
try:
    f.flush()
except BlockingIOError as e:
    print(type(e).__name__, e.errno, e.characters_written)
try:
    f.write(b"0123456789abc")
except BlockingIOError as e:
    print(type(e).__name__, e.errno, e.characters_written)
