# repr of bytes: which quotes, which escapes.
for data in (
    b"",
    b"Hello, world",
    b"it's",
    b'say "hi"',
    b"both ' and \"",
    b"back\\slash",
    b"tab\t line\n return\r",
    b"\x00\x01\x07\x08\x0b\x0c\x1b\x1f",
    b"\x7e\x7f\x80\xff",
    "\u00e9\u4e2d".encode(),
    b"\x7f\x00\x00\x01",
    b"a\x00b",
):
    print(repr(data))
print(repr(bytes(range(256))))
