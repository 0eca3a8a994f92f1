# write, writelines, flush, close: what is counted, when it leaves, what is refused.
import socket

def waiting(s):
    try:
        return s.recv(1000, socket.MSG_DONTWAIT)
    except BlockingIOError:
        return None

a, b = socket.socketpair()
f = a.makefile("wb")
print(f.write(b"abc"), f.write(bytearray(b"de")), f.write(b""), waiting(b))
f.writelines([b"1", b"2\n", bytearray(b"3")])
f.flush()
print(waiting(b))
f.write(b"rest")
f.close()
f.close()
print(waiting(b), a.send(b"still open"), waiting(b))
f = a.makefile("wb", 4)
print(f.write(b"abc"), waiting(b), f.write(b"de"), waiting(b), f.write(b"0123456789"), waiting(b))
f.flush()
print(waiting(b))
f = a.makefile("wb", 0)
print(f.write(b"now"), waiting(b))
f = a.makefile("w", encoding="utf-8")
print(f.write("häß€\n"), waiting(b))
f.writelines(["x", "y\n"])
f.flush()
print(waiting(b))
f.close()
f = a.makefile("w")
for wrong in [b"bytes", 5, None]:
    try:
        f.write(wrong)
    except TypeError as e:
        print("TypeError")
f = a.makefile("wb")
for wrong in [5, None]:
    try:
        f.write(wrong)
    except TypeError as e:
        print("TypeError")
f = a.makefile("rwb")
f.write(b"question\n")
f.flush()
print(b.recv(100))
b.sendall(b"answer\nmore")
print(f.readline(), f.peek())
f.write(b"thanks")
f.close()
print(b.recv(100))
b.close()
f = a.makefile("wb")
f.write(b"to nobody")
for call in [f.flush, f.close]:
    try:
        call()
    except OSError as e:
        print(type(e).__name__, e, sep="\t")
print(f.closed)
