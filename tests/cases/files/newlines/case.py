# Line ends in text: what ends a line, what is translated, what is written, what was seen.
import socket

TEXT = b"a\nb\rc\r\nd\n\re\r\r\nf\r"

def show(text):
    return text.replace("\r", "<CR>").replace("\n", "<LF>")

def reader(newline):
    a, b = socket.socketpair()
    b.sendall(TEXT)
    b.close()
    return a.makefile("r", encoding="utf-8", newline=newline)

def seen(f):
    return show(repr(f.newlines).replace("\\r", "\r").replace("\\n", "\n"))

for newline in [None, "", "\n", "\r", "\r\n"]:
    f = reader(newline)
    print(seen(f), *[show(line) for line in f], seen(f))
    f = reader(newline)
    print(show(f.read()))
    f = reader(newline)
    print(show(f.readline()), show(f.readline(1)), show(f.readline(2)), show(f.readline()), show(f.read(3)), show(f.read()))
    a, b = socket.socketpair()
    f = a.makefile("w", encoding="utf-8", newline=newline)
    print(f.write("x\ny\r\nz\r"))
    f.close()
    a.close()
    print(repr(b.makefile("rb").read()))
