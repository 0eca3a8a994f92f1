# Encodings and error handlers of text files, characters torn between receives, names nobody knows.
import socket

def through(data, **options):
    a, b = socket.socketpair()
    f = a.makefile("r", **options)
    b.sendall(data[:1])
    first = f.buffer.peek()
    b.sendall(data[1:])
    b.close()
    try:
        print(f.encoding, f.errors, f.read().encode("utf-8"))
    except UnicodeError as e:
        print(type(e).__name__, e, sep="\t")

through("grün €\U0001f600".encode("utf-8"), encoding="utf-8")
through(b"gr\xfcn", encoding="latin-1")
through("ab€".encode("utf-16"), encoding="utf-16")
through("€uro".encode("utf-32-be"), encoding="UTF-32-BE")
through("mark".encode("utf-8-sig"), encoding="utf-8-sig")
through(b"\x80uro", encoding="cp1252")
through(b"a\xffb", encoding="utf-8")
through(b"a\xffb\xe2\x82", encoding="utf-8", errors="replace")
through(b"a\xffb", encoding="ascii", errors="ignore")
through(b"a\xffb", encoding="ascii", errors="backslashreplace")
through(b"\xe2\x82", encoding="utf-8")
a, b = socket.socketpair()
f = a.makefile("r", encoding="utf-8")
b.sendall("äöü€\n€x".encode("utf-8"))
b.close()
print(f.read(2).encode("utf-8"), f.readline(1).encode("utf-8"), f.readline().encode("utf-8"), f.read(1).encode("utf-8"), f.read(9))
for options in [{"encoding": "utf-16"}, {"encoding": "latin-1"}, {"encoding": "ascii", "errors": "xmlcharrefreplace"}, {"encoding": "ascii", "errors": "replace"}, {"encoding": "ascii"}]:
    a, b = socket.socketpair()
    f = a.makefile("w", **options)
    try:
        print(f.write("é"), f.write("ü\n"))
    except UnicodeError as e:
        print(type(e).__name__, e, sep="\t")
    f.close()
    a.close()
    print(repr(b.recv(100)))
try:
    a.makefile("r", encoding="klingon")
except LookupError as e:
    print(type(e).__name__, e, sep="\t")
