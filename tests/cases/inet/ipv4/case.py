# inet_aton and inet_ntoa, in all the forms C takes.
import socket


def show(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, repr(getattr(e, "errno", None)), e, sep="\t")


for text in ("127.0.0.1", "255.255.255.255", "127.1", "10.1.2", "1", "0x7f.0.0.1", "0177.0.0.1", "4294967295"):
    print(text, repr(socket.inet_aton(text)), sep="\t")
print(socket.inet_ntoa(b"\x7f\x00\x00\x01"))
print(socket.inet_ntoa(bytearray(4)))
for text in ("", "256.1.1.1", "1.2.3.4.5", "name", "4294967296"):
    show(lambda: socket.inet_aton(text))
for packed in (b"", b"123", b"12345"):
    show(lambda: socket.inet_ntoa(packed))
