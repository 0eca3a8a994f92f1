# AF_PACKET: whole frames and what is in them on the loopback interface, sent and captured.
import socket

OURS = 0x88B5  # an Ethernet protocol for experiments

r = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(OURS))
r.settimeout(20)
r.bind(("lo", OURS))
print(repr(r.getsockname()))
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
print(s.sendto(b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x88\xb5a frame of our own", ("lo", 0)))
print(repr(r.recvfrom(100)))

cooked = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
print(cooked.sendto(b"without its header", ("lo", OURS, socket.PACKET_HOST, 0, b"\x01\x02\x03\x04\x05\x06")))
frame, address = r.recvfrom(100)
print(repr(frame), repr(address))

everything = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))  # ETH_P_ALL
everything.settimeout(20)
everything.bind(("lo", 3))
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u.bind(("127.0.0.1", 0))
u.sendto(b"captured twice", u.getsockname())
for _ in range(2):
    data, address = everything.recvfrom(100)
    print(repr(data[28:]), repr(address))
print(everything.getsockname()[:2])
