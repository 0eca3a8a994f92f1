# struct.Struct: a format that is read once.
import struct


def show(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, e)


s = struct.Struct("<hh")
print(s.format, s.size)
show(lambda: s.pack(1, -2))
show(lambda: s.unpack(b"\x01\x00\xfe\xff"))
buffer = bytearray(6)
s.pack_into(buffer, 1, 3, 4)
print(repr(buffer))
show(lambda: s.unpack_from(buffer, 1))
show(lambda: s.unpack_from(buffer, offset=2))
for one, two in s.iter_unpack(b"\x01\x00\x02\x00\x03\x00\x04\x00"):
    print(one, two)
show(lambda: s.pack(1))
show(lambda: s.unpack(b"x"))
show(lambda: s.unpack_from(b"x"))
show(lambda: s.pack_into(bytearray(2), 0, 1, 2))
show(lambda: s.iter_unpack(b"xyz"))
show(lambda: struct.Struct("z"))
show(lambda: struct.Struct("3s").pack(b"abc"))
print(repr(s == s), repr(s == struct.Struct("<hh")), str(s)[:26])
