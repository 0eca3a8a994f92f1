# inet_pton and inet_ntop: strict forms, both families.
import socket


def show(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, repr(getattr(e, "errno", None)), e, sep="\t")


print(repr(socket.inet_pton(socket.AF_INET, "127.0.0.1")))
print(socket.inet_ntop(socket.AF_INET, b"\x0a\x00\x00\xff"))
for text in (
    "2001:DB8:0:23:8:800:200C:417A", "::", "::1", "1::", "fe80::1:0:0:1", "::ffff:127.0.0.1", "::1.2.3.4",
    "1:0:0:2:0:0:0:3", "1:0:2:3:4:5:6:7",
):
    packed = socket.inet_pton(socket.AF_INET6, text)
    print(repr(packed))
    print(socket.inet_ntop(socket.AF_INET6, packed))
for family, text in (
    (socket.AF_INET, "127.1"), (socket.AF_INET, "0x7f.0.0.1"), (socket.AF_INET, "::1"), (socket.AF_INET, "127.0.0.1 "),
    (socket.AF_INET6, "127.0.0.1"), (socket.AF_INET6, "1::2::3"), (socket.AF_INET6, "::g"), (socket.AF_INET6, "fe80::1%lo"),
    (99, "127.0.0.1"),
):
    show(lambda: socket.inet_pton(family, text))
for family, packed in ((socket.AF_INET, b"123"), (socket.AF_INET6, b"1234"), (99, b"1234")):
    show(lambda: socket.inet_ntop(family, packed))
