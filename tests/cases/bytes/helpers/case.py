# bytes: digits and back, finding, splitting, padding.
b = b"\1\2\3\4\5"
print(b.hex(), b.hex(":"), b.hex(" ", 2), b.hex(" ", -2), b.hex("-", 0), b.hex("_", 100), b"".hex(), bytearray(b"\xab\xcd").hex())
print(bytes.fromhex("61 62\t63\n6D"), bytes.fromhex(""), bytes.fromhex("  "), bytes.fromhex("DEADbeef"))
data = b"abcabc"
print(data.find(b"c"), data.find(b"c", 3), data.find(b"c", -2), data.find(b"bc", 2, 5), data.find(b"x"), data.find(b""),
      data.find(b"", 6), data.find(b"", 7), data.find(99), data.find(b"abc", 1), data.find(b"a", None, None), data.find(b"c", 0, -1))
print(b"a,b,,c".split(b","), b"a,b,,c".split(b",", 2), b"a,b".split(b",", 0), b"a<>b<>".split(b"<>"), b"".split(b","), b",".split(b","))
print(b" a  b\tc\r\n".split(), b" a  b c ".split(None, 1), b" a ".split(None, 0), b"".split(), b"  ".split())
print(b"ab".ljust(5), b"ab".rjust(5), b"ab".ljust(4, b"*"), b"ab".rjust(4, b"\0"), b"ab".ljust(1), b"ab".rjust(-5), b"".ljust(2, b"-"))
print(b"it's \x00\xff", repr(b"\t"))
