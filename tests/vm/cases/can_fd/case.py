# CAN_RAW with frames of up to 64 bytes: both kinds arrive at a socket that takes them.
import socket
import struct

s = socket.socket(socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW)
r = socket.socket(socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW)
for x in (s, r):
    x.settimeout(20)
    x.setsockopt(socket.SOL_CAN_RAW, socket.CAN_RAW_FD_FRAMES, 1)
    x.bind(("vcan0",))
print(s.send(struct.pack("=IBB2x64s", 0x55, 64, 1, b"x" * 64)))
frame = r.recv(72)
print(len(frame), repr(frame[:12]))
print(s.send(struct.pack("=IB3x8s", 0x56, 2, b"hi")))
print(repr(r.recv(72)))
print(r.getsockopt(socket.SOL_CAN_RAW, socket.CAN_RAW_FD_FRAMES))
