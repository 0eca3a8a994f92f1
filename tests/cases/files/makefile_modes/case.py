# Modes of makefile: what they allow and how the files print.
import socket

def show(*mode, **options):
    a, b = socket.socketpair()
    try:
        f = a.makefile(*mode, **options)
    except ValueError as e:
        print("ValueError:", e)
        return
    print(repr(f.readable()), repr(f.writable()), repr(f.seekable()), repr(f.isatty()), repr(f.closed))
    f.close()
    print(repr(f.closed))

def printed(f, number):
    return repr(f).replace("=" + str(number), "=N")

show()
for mode in ["r", "w", "rw", "rb", "wb", "rwb", "b", "", "br"]:
    print(mode)
    show(mode)
for mode in ["rb", "wb", "rwb"]:
    show(mode, 0)
show("q")
show("r+")
show("a")
show("r", 0)
show("w", newline="x")
a, b = socket.socketpair()
for mode in ["r", "w", "rb", "wb"]:
    f = a.makefile(mode)
    print(printed(f, f.name), f.mode, repr(f.name == a.fileno()), repr(f.fileno() == a.fileno()))
    f.close()
    print(printed(f, 0), repr(f.name))
f = a.makefile("rw")
print(repr(f), f.mode, f.encoding, f.errors, repr(f.newlines), repr(f.line_buffering))
f = a.makefile("w", encoding="latin-1", errors="replace")
print(printed(f, f.name), f.encoding, f.errors)
