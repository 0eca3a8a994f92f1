# struct: bad formats, wrong counts, wrong sizes, offsets outside: CPython's texts.
import struct
b = bytearray(6)
calls = [
    lambda: struct.calcsize("z"), lambda: struct.calcsize("5"), lambda: struct.calcsize("2 h"), lambda: struct.calcsize("i<h"),
    lambda: struct.calcsize(" <i"), lambda: struct.calcsize("<n"), lambda: struct.calcsize("=P"), lambda: struct.calcsize("i\0"),
    lambda: struct.calcsize("99999999999999999999i"), lambda: struct.calcsize("4611686018427387904h"),
    lambda: struct.calcsize("9223372036854775807x1x"), lambda: struct.calcsize("\xe9"),
    lambda: struct.pack("ii", 1), lambda: struct.pack("i", 1, 2), lambda: struct.pack("3s2x"), lambda: struct.pack("x", 1),
    lambda: struct.pack("i", "x"), lambda: struct.pack("Q", None), lambda: struct.pack("i", [1]), lambda: struct.pack("i", 1.5),
    lambda: struct.unpack("i", b"abc"), lambda: struct.unpack("i", b"abcde"), lambda: struct.unpack("", b"a"),
    lambda: struct.unpack_from("i", b"abcdef", 3), lambda: struct.unpack_from("i", b"abcdef", -3),
    lambda: struct.unpack_from("i", b"abcdef", -30), lambda: struct.unpack_from("i", b"abcdef", 30),
    lambda: struct.unpack_from("2i", b"abcdef", -6), lambda: struct.unpack_from("i", b"abcdef", -2**63),
    lambda: struct.unpack_from("i", b"abcdef", 2**62), lambda: struct.unpack_from("0s", b"abcdef", 7),
    lambda: struct.pack_into("0i", b, 7), lambda: struct.pack_into("0i", b, 6),
    lambda: struct.pack_into("i", b, 3, 1), lambda: struct.pack_into("i", b, -3, 1), lambda: struct.pack_into("i", b, -30, 1),
    lambda: struct.pack_into("i", b, 7, 1), lambda: struct.pack_into("i", b, 0), lambda: struct.pack_into("i", b, 0, 1, 2),
    lambda: struct.iter_unpack("i", b"abc"), lambda: struct.iter_unpack("", b""), lambda: struct.iter_unpack("3x", b"abcd"),
]
for call in calls:
    try:
        call()
        print("no error")
    except struct.error as e:
        print("struct.error:", e)
    except UnicodeEncodeError as e:
        print("UnicodeEncodeError:", e)
print(bytes(b))
