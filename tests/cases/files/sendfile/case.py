# sendfile: whole files, parts, the place afterwards, what is no regular file, what is refused.
import socket

with open("file", "wb") as f:
    f.write(bytes(range(256)) * 1000)
with open("empty", "wb") as f:
    pass

def send(name, mode, *arguments, **options):
    a, b = socket.socketpair()
    a.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1000000)
    with open(name, mode) as f:
        try:
            print(a.sendfile(f, *arguments, **options), end=" ")
        except Exception as e:
            print(type(e).__name__, e, sep="\t")
            return
        place = f.tell()
    a.close()
    data = b.makefile("rb").read()
    print(place, len(data), data[:4], data[-4:])

send("file", "rb")
send("file", "rb", 10)
send("file", "rb", 255997)
send("file", "rb", 300000)
send("file", "rb", 0, 5)
send("file", "rb", 250, 12)
send("file", "rb", 255990, 100)
send("file", "rb", offset=3, count=4)
send("file", "r+b", 1, 1)
send("empty", "rb")
send("empty", "rb", 5)
send("file", "r")
for count in [0, -1, "x", 1.5]:
    send("file", "rb", 0, count)
a, b = socket.socketpair()
for s in [socket.socket(socket.AF_INET, socket.SOCK_DGRAM), a]:
    with open("file", "rb") as f:
        s.setblocking(False)
        try:
            s.sendfile(f)
        except ValueError as e:
            print(type(e).__name__, e, sep="\t")
a, b = socket.socketpair()
b.close()
with open("file", "rb") as f:
    try:
        a.sendfile(f, 7)
    except OSError as e:
        print(type(e).__name__, e, f.tell() > 0, sep="\t")
a, b = socket.socketpair()
f = open("file", "rb")
f.close()
try:
    a.sendfile(f)
except ValueError as e:
    print(type(e).__name__)
