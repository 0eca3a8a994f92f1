# Descriptors passed over a Unix socket, one and two hundred and fifty at a time; none is left open.
import os
import socket


def open_descriptors():
    return len(os.listdir("/proc/self/fd"))


before = open_descriptors()
a, b = socket.socketpair()
one, other = socket.socketpair()
print(socket.send_fds(a, [b"a socket"], [one.fileno()]))
data, fds, flags, address = socket.recv_fds(b, 1024, 5)
print(repr(data), len(fds), fds[0] != one.fileno())
passed = socket.socket(fileno=fds[0])
one.close()
passed.send(b"through it")
print(repr(other.recv(100)))
passed.close()

for count in (250, 1, 253):
    print(socket.send_fds(a, [b"many"], [other.fileno()] * count))
    data, fds, flags, address = socket.recv_fds(b, 1024, count)
    print(repr(data), len(fds), bool(flags & socket.MSG_CTRUNC))
    for fd in fds:
        socket.close(fd)

# More than there is room for: the rest is closed by the kernel, and the flags say so.
socket.send_fds(a, [b"x"], [other.fileno()] * 3)
data, fds, flags, address = socket.recv_fds(b, 10, 2)
print(len(fds), bool(flags & socket.MSG_CTRUNC))
for fd in fds:
    socket.close(fd)
other.close()
a.close()
b.close()
print(open_descriptors() - before)
