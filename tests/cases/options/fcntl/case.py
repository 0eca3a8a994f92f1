# fcntl and ioctl on sockets and on descriptors.
import fcntl
import os
import socket
import struct

a, b = socket.socketpair()
print(fcntl.fcntl(a, fcntl.F_GETFD), fcntl.FD_CLOEXEC)
fcntl.fcntl(a.fileno(), fcntl.F_SETFD, 0)
print(fcntl.fcntl(a, fcntl.F_GETFD), a.get_inheritable())
flags = fcntl.fcntl(a, fcntl.F_GETFL)
print(flags & os.O_NONBLOCK)
fcntl.fcntl(a, fcntl.F_SETFL, flags | os.O_NONBLOCK)
print(fcntl.fcntl(a, fcntl.F_GETFL) & os.O_NONBLOCK == os.O_NONBLOCK)
fcntl.fcntl(a, fcntl.F_SETFL, flags)
copy = fcntl.fcntl(a, fcntl.F_DUPFD_CLOEXEC, 100)
print(copy >= 100)
socket.close(copy)

FIONREAD = 0x541B
b.send(b"12345")
print(struct.unpack("i", fcntl.ioctl(a, FIONREAD, bytes(4))))
room = bytearray(4)
print(fcntl.ioctl(a, FIONREAD, room), struct.unpack("i", room))
SIOCGIFADDR = 0x8915
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    answer = fcntl.ioctl(s, SIOCGIFADDR, b"lo".ljust(40, b"\0"))
    print(len(answer), socket.inet_ntoa(answer[20:24]))
    try:
        fcntl.ioctl(s, SIOCGIFADDR, b"nothing".ljust(40, b"\0"))
    except OSError as e:
        print(type(e).__name__, e.errno)
    try:
        fcntl.ioctl(s, SIOCGIFADDR)
    except OSError as e:
        print(type(e).__name__, e.errno)
for bad in (-1, 9999):
    try:
        fcntl.fcntl(bad, fcntl.F_GETFL)
    except (OSError, ValueError) as e:
        print(type(e).__name__, e)
try:
    fcntl.fcntl(a, 99999)
except OSError as e:
    print(e)
try:
    fcntl.fcntl("a", fcntl.F_GETFL)
except TypeError as e:
    print("TypeError")
try:
    fcntl.fcntl(a, fcntl.F_GETLK, bytes(2000))
except ValueError as e:
    print(e)
a.close()
b.close()
try:
    fcntl.fcntl(a, fcntl.F_GETFL)
except (OSError, ValueError):
    print("closed")
