# SocketType makes sockets as well: Python's older name for the class.
import socket

s = socket.SocketType(socket.AF_INET, socket.SOCK_DGRAM)
print(s.family == socket.AF_INET, s.type == socket.SOCK_DGRAM)
s.close()
print(socket.error is OSError, socket.timeout is TimeoutError, socket.has_ipv6)
print(issubclass(socket.gaierror, OSError), issubclass(socket.herror, OSError))
print(socket.EBADF, socket.EAGAIN == socket.EWOULDBLOCK)
