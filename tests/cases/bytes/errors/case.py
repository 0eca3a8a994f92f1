# bytes: what cannot be converted, and how it is told.
calls = [
    lambda: b"a".hex(""), lambda: b"a".hex("::"), lambda: b"a".hex("\xe9"),
    lambda: bytes.fromhex("0"), lambda: bytes.fromhex("0 1"), lambda: bytes.fromhex("01 2"), lambda: bytes.fromhex("zz"),
    lambda: bytes.fromhex("01 0x"), lambda: bytes.fromhex("01\xe9"), lambda: bytes.fromhex("1"),
    lambda: b"abc".find(300), lambda: b"abc".find(-1), lambda: b"abc".split(b""),
    lambda: b"a".ljust(5, b"xy"), lambda: b"a".rjust(5, b""),
    lambda: b"a".decode("nope"), lambda: b"\xff".decode("utf-8", "nope"), lambda: b"a".decode("utf-8", "nope"),
    lambda: "\xe9".encode("ascii", "nope"), lambda: b"a".decode("utf-8\0"), lambda: b"\xff".decode("ascii", "xmlcharrefreplace"),
    lambda: "a\xe9\xe8b".encode("ascii"), lambda: "\u20ac".encode("latin-1"), lambda: "\U0001f600".encode("cp1252"),
    lambda: b"ab\xff".decode(), lambda: b"\xe2\x82".decode(), lambda: b"\xe2\x41".decode(), lambda: b"\x81".decode("cp1252"),
    lambda: b"abc".decode("utf-16-le"), lambda: b"\x00\xd8".decode("utf-16-le"), lambda: b"\0\0\0\xff".decode("utf-32-le"),
    lambda: b"\xff".decode("utf-8", "surrogateescape").encode("utf-8"),
]
for call in calls:
    try:
        call()
        print("no error")
    except Exception as e:
        # Some versions wrap errors about handlers.
        e = e if isinstance(e, UnicodeError) or e.__cause__ is None else e.__cause__
        print(type(e).__name__, e)
