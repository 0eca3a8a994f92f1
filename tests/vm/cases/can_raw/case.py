# CAN_RAW: frames on vcan0, from one interface or from all, filtered, and one's own.
import socket
import struct

FRAME = struct.Struct("=IB3x8s")


def show(frame, address):
    can_id, length, data = FRAME.unpack(frame)
    print("%x" % can_id, repr(data[:length]), repr(address))


s = socket.socket(socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW)
r = socket.socket(socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW)
for x in (s, r):
    x.settimeout(20)
s.bind(("vcan0",))
r.bind(("",))
print(repr(s.getsockname()), repr(r.getsockname()))
print(s.send(FRAME.pack(0x123, 2, b"\x01\x02")))
show(*r.recvfrom(16))
r.setsockopt(socket.SOL_CAN_RAW, socket.CAN_RAW_FILTER, struct.pack("=II", 0x200, 0x700))
s.send(FRAME.pack(0x123, 1, b"\x00"))
s.send(FRAME.pack(0x80000000 | 0x12345, 1, b"\x00"))
s.send(FRAME.pack(0x2ff, 1, b"\x03"))
show(*r.recvfrom(16))
s.setsockopt(socket.SOL_CAN_RAW, socket.CAN_RAW_RECV_OWN_MSGS, 1)
s.sendto(FRAME.pack(0x7ff, 0, b""), ("vcan0",))
frame, ancillary, flags, address = s.recvmsg(16)
print(flags & socket.MSG_DONTROUTE != 0, flags & socket.MSG_CONFIRM != 0)
show(frame, address)
print(struct.unpack("=II", r.getsockopt(socket.SOL_CAN_RAW, socket.CAN_RAW_FILTER, 8)))
