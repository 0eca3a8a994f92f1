# CAN_J1939: a message to one address, long enough to need a transfer; and one to all.
import socket

a = socket.socket(socket.AF_CAN, socket.SOCK_DGRAM, socket.CAN_J1939)
b = socket.socket(socket.AF_CAN, socket.SOCK_DGRAM, socket.CAN_J1939)
for s in (a, b):
    s.settimeout(20)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
a.bind(("vcan0", socket.J1939_NO_NAME, socket.J1939_NO_PGN, 0x20))
b.bind(("vcan0", socket.J1939_NO_NAME, socket.J1939_NO_PGN, 0x30))
print(repr(a.getsockname()))
print(a.sendto(b"0123456789" * 10, ("vcan0", socket.J1939_NO_NAME, 0xEA00, 0x30)))
data, ancillary, flags, address = b.recvmsg(4096, 256)
print(len(data), data == b"0123456789" * 10, repr(address))
# The kernel fills no more of the control data of an address than it knows.
for level, kind, value in sorted(ancillary):
    print(level, kind, repr(value))
print(b.sendto(b"to all", ("vcan0", socket.J1939_NO_NAME, 0xFEF1, socket.J1939_NO_ADDR)))
print(repr(a.recvfrom(4096)))
a.connect(("vcan0", socket.J1939_NO_NAME, 0x1FFFF, 0x30))
print(repr(a.getpeername()))
c = socket.socket(socket.AF_CAN, socket.SOCK_DGRAM, socket.CAN_J1939)
c.bind(("vcan0", 0xFEDCBA9876543210, socket.J1939_NO_PGN, socket.J1939_NO_ADDR))
print(repr(c.getsockname()))
