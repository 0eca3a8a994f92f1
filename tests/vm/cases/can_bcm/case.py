# CAN_BCM: the broadcast manager sends one frame, then one again and again; and tells of a content that changed.
import socket
import struct

# struct bcm_msg_head: opcode, flags, count, two times of (seconds, microseconds), can_id, number of frames.
HEAD = struct.Struct("@IIIqqqqII")
FRAME = struct.Struct("=IB3x8s")

raw = socket.socket(socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW)
raw.settimeout(20)
raw.bind(("vcan0",))
bcm = socket.socket(socket.AF_CAN, socket.SOCK_DGRAM, socket.CAN_BCM)
bcm.settimeout(20)
bcm.connect(("vcan0",))

bcm.send(HEAD.pack(socket.CAN_BCM_TX_SEND, 0, 0, 0, 0, 0, 0, 0, 1) + FRAME.pack(0x42, 3, b"one"))
print(repr(raw.recvfrom(16)))

flags = socket.CAN_BCM_SETTIMER | socket.CAN_BCM_STARTTIMER
again = HEAD.pack(socket.CAN_BCM_TX_SETUP, flags, 0, 0, 0, 0, 20000, 0x43, 1) + FRAME.pack(0x43, 5, b"again")
print(bcm.send(again))
print(repr(raw.recv(16)))
print(repr(raw.recv(16)))
bcm.send(HEAD.pack(socket.CAN_BCM_TX_DELETE, 0, 0, 0, 0, 0, 0, 0x43, 0))

# Whole content watched: the first frame and every change of it are told.
watch = HEAD.pack(socket.CAN_BCM_RX_SETUP, 0, 0, 0, 0, 0, 0, 0x44, 1) + FRAME.pack(0x44, 8, b"\xff" * 8)
bcm.send(watch)
for data in b"a", b"a", b"b":
    raw.send(FRAME.pack(0x44, 1, data))
for _ in range(2):
    told = bcm.recv(HEAD.size + 16)
    opcode, can_id = HEAD.unpack(told[:HEAD.size])[0], HEAD.unpack(told[:HEAD.size])[7]
    print(opcode == socket.CAN_BCM_RX_CHANGED, hex(can_id), repr(told[HEAD.size:]))
