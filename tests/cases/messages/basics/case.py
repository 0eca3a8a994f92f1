# sendmsg and recvmsg: several buffers, control data, flags and addresses.
import socket

a, b = socket.socketpair()
print(a.sendmsg([b"he", b"llo", b""]))
data, ancdata, flags, address = b.recvmsg(100)
print(repr(data), ancdata, flags & ~socket.MSG_CMSG_CLOEXEC, repr(address))
print(a.sendmsg([b"0123456789"], [], 0))
data, ancdata, flags, address = b.recvmsg(4, 100, socket.MSG_PEEK)
print(repr(data), ancdata)
data, ancdata, flags, address = b.recvmsg(100, socket.CMSG_SPACE(4))
print(repr(data), ancdata)
a.close()
data, ancdata, flags, address = b.recvmsg(100)
print(repr(data), ancdata)
b.close()

# A datagram that does not fit is cut, and the flags say so.
one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
one.bind(("127.0.0.1", 0))
other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
other.bind(("127.0.0.1", 0))
print(other.sendmsg([b"data", b"gram"], [], 0, one.getsockname()))
data, ancdata, flags, address = one.recvmsg(4)
print(repr(data), bool(flags & socket.MSG_TRUNC), address == other.getsockname())

# Control data that the kernel makes: the time to live of a datagram.
one.setsockopt(socket.IPPROTO_IP, 12, 1)
other.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 77)
other.sendto(b"x", one.getsockname())
data, ancdata, flags, address = one.recvmsg(10, 100)
level, kind, value = ancdata[0]
print(len(ancdata), level, kind, int.from_bytes(value, "little"))
one.close()
other.close()
