# NETLINK: the kernel is asked for its first interface; two sockets talk to each other and to a group.
import socket

s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
s.settimeout(20)
s.bind((0, 0))
print(s.getsockname()[0] != 0, s.getsockname()[1])
# struct nlmsghdr (length, RTM_GETLINK, NLM_F_REQUEST, number, port) and struct ifinfomsg with index 1.
print(s.sendto(b"\x20\x00\x00\x00\x12\x00\x01\x00\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", (0, 0)))
answer, address = s.recvfrom(65536)
print(int.from_bytes(answer[4:6], "little"), repr(answer[8:12]), b"lo\x00" in answer, repr(address))

a = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_USERSOCK)
b = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_USERSOCK)
for x in (a, b):
    x.settimeout(20)
a.bind((0x7001, 0))
b.bind((0x7002, 0b100))
print(repr(a.getsockname()), repr(b.getsockname()))
print(a.sendto(b"to one", (0x7002, 0)))
print(repr(b.recvfrom(100)))
a.sendto(b"to a group and itself", (0x7001, 0b100))
print(repr(b.recvfrom(100)))
print(repr(a.recvfrom(100)))
b.connect((0x7001, 0))
print(repr(b.getpeername()))
