# CAN_ISOTP: messages longer than a frame, cut and put together by the kernel.
import socket

a = socket.socket(socket.AF_CAN, socket.SOCK_DGRAM, socket.CAN_ISOTP)
b = socket.socket(socket.AF_CAN, socket.SOCK_DGRAM, socket.CAN_ISOTP)
for s in (a, b):
    s.settimeout(20)
a.bind(("vcan0", 0x18DA00F1 | socket.CAN_EFF_FLAG, 0x18DAF100 | socket.CAN_EFF_FLAG))
b.bind(("vcan0", 0x18DAF100 | socket.CAN_EFF_FLAG, 0x18DA00F1 | socket.CAN_EFF_FLAG))
print(repr(a.getsockname()))
print(a.send(b"0123456789" * 10))
data, address = b.recvfrom(4096)
print(len(data), data == b"0123456789" * 10, repr(address))
print(b.send(b"short"))
print(repr(a.recv(4096)))
