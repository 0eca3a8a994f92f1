# struct: bytes, Pascal strings, single characters, booleans, padding.
import struct
def show(*values):
    print(repr(values))
for format in ["s", "0s", "3s", "5s", "p", "0p", "1p", "3p", "6p"]:
    for data in [b"", b"a", b"abc", b"abcdefgh", b"\xff\x00"]:
        show(format, struct.pack(format, data))
for format, data in [("3s", b"a\0b"), ("1p", b"\x05"), ("3p", b"\x09ab"), ("4p", b"\x02abc"), ("4p", b"\x00abc"),
                     ("c", b"\xff"), ("3c", b"abc"), ("?", b"\x00"), ("?", b"\x02"), ("3?", b"\x00\x01\xff"), ("3x", b"abc"),
                     ("2x2s1xh", b"..ab.\0\x01\x02"), ("", b"")]:
    show(format, *struct.unpack(format, data))
for format, values in [("c", [b"a"]), ("2c", [b"a", b"\xfe"]), ("?", [True]), ("5?", [0, 1, 2, "", "x"]), ("2?", [None, []]),
                       ("2xc3x", [b"-"]), ("", []), ("3x", []), ("i", [True]), ("5s", [bytearray(b"ab")]), ("300p", [b"x" * 400])]:
    show(format, struct.pack(format, *values))
for format, value in [("c", b""), ("c", b"ab"), ("c", 5), ("s", 5), ("s", None), ("p", 5), ("3s", [1])]:
    try:
        struct.pack(format, value)
    except struct.error as e:
        print(format, e)
