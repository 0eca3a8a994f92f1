# The program of Python's documentation, which answers every frame on vcan0 with the frame and one of its own.
import socket
import struct
import time

FRAME = struct.Struct("=IB3x8s")

s = socket.socket(socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW)
s.settimeout(1)
s.bind(("vcan0",))
for _ in range(100):  # until the program is there
    s.send(FRAME.pack(0x77, 5, b"hello"))
    try:
        print(repr(s.recvfrom(16)))
        break
    except TimeoutError:
        pass
s.settimeout(20)
print(repr(s.recv(16)))
