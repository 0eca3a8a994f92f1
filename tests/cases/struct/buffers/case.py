# struct: into and out of buffers at a place, and piece by piece.
import struct
from array import array
b = bytearray(b"----------")
struct.pack_into(">H", b, 0, 0x4142)
struct.pack_into(">H", b, -2, 0x4344)
struct.pack_into("2x", b, 4)
print(b)
struct.pack_into("<I", memoryview(b)[3:8], 1, 0x64636261)
print(b)
a = array("H", [0, 0, 0])
struct.pack_into("=H", a, 2, 513)
print(a)
print(struct.unpack_from(">HH", b))
print(struct.unpack_from(">H", b, 8), struct.unpack_from(">H", b, -10), struct.unpack_from("0s", b, 10))
print(struct.unpack(">H", bytearray(b"ab")), struct.unpack(">H", memoryview(b)[0:2]), struct.unpack("=H", array("H", [7])))
for one, two in struct.iter_unpack(">HB", b"abcdefghi"):
    print(one, two)
for piece, in struct.iter_unpack("3s", bytearray(b"abcdefghi")):
    print(piece)
for flag, in struct.iter_unpack("?", b"\0\1"):
    print(flag)
print([piece for piece in struct.iter_unpack("h", b"")])
