# What calls on closed files and in the wrong direction raise, kind by kind.
import socket

def told(e):
    print("", type(e).__name__, e, sep="\t")

def everything(f, data):
    for call in [
        lambda: f.read(), lambda: f.read(3), lambda: f.read1(3), lambda: f.peek(), lambda: f.readline(), lambda: f.readlines(),
        lambda: f.readinto(bytearray(4)), lambda: f.readinto1(bytearray(4)), lambda: f.readall(),
        lambda: f.write(data), lambda: f.writelines([data]), lambda: f.writelines([]), lambda: f.flush(),
        lambda: f.isatty(), lambda: f.readable(), lambda: f.writable(), lambda: f.seekable(),
        lambda: f.seek(0), lambda: f.tell(), lambda: f.truncate(3), lambda: f.closed,
        lambda: f.encoding, lambda: f.errors, lambda: f.newlines, lambda: f.detach(),
    ]:
        try:
            call()
            print("", "fine", sep="\t")
        except Exception as e:
            told(e)

with open("file", "wb") as f:
    f.write(b"content")
for mode, buffering in [("rb", 0), ("wb", 0), ("rb", -1), ("wb", -1), ("rwb", -1), ("r", -1), ("w", -1), ("rw", -1)]:
    a, b = socket.socketpair()
    print("makefile", mode, buffering)
    f = a.makefile(mode, buffering)
    f.close()
    everything(f, b"x" if "b" in mode else "x")
for mode, buffering in [("rb", 0), ("r+b", 0), ("rb", -1), ("r+b", -1), ("ab", -1), ("r", -1), ("r+", -1), ("a", -1)]:
    print("open", mode, buffering)
    f = open("file", mode, buffering)
    f.close()
    everything(f, b"x" if "b" in mode else "x")
for mode, buffering in [("wb", 0), ("wb", -1), ("w", -1)]:
    a, b = socket.socketpair()
    print("reading", mode, buffering)
    f = a.makefile(mode, buffering)
    for call in [lambda: f.read(), lambda: f.readline(), lambda: f.readlines(), lambda: f.readinto(bytearray(2)), lambda: f.seek(0), lambda: f.tell()]:
        try:
            call()
        except Exception as e:
            told(e)
for mode, buffering in [("rb", 0), ("rb", -1), ("r", -1)]:
    a, b = socket.socketpair()
    print("writing", mode, buffering)
    f = a.makefile(mode, buffering)
    data = b"x" if "b" in mode else "x"
    for call in [lambda: f.write(data), lambda: f.writelines([data]), lambda: f.truncate(), lambda: f.seek(0, 2)]:
        try:
            call()
        except Exception as e:
            told(e)
a, b = socket.socketpair()
f = a.makefile("rwb")
try:
    f.fileno()
except OSError as e:
    told(e)
    print(isinstance(e, ValueError), e.errno)
