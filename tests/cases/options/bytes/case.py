# Options that are bytes: struct linger, and any number as the kernel holds it.
import socket
import struct

with socket.socket() as s:
    print(repr(s.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)))
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 30))
    print(repr(s.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)))
    onoff, seconds = struct.unpack("ii", s.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8))
    print(onoff, seconds, sep="\t")
    print(repr(s.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE, 4)))
    print(repr(s.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE, 100)))
    print(repr(s.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE, 0)))
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, b"\x01\x00\x00\x00")
    print(s.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR))
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, bytearray(4))
    print(s.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR))
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 0, 0))
