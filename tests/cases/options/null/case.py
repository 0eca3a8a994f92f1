# An option without a value: a null pointer and a length.
import socket

s = socket.socket()
try:
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, None, 4)
except OSError as e:
    print(type(e).__name__, e.errno)
s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, None, 0)
print(s.getsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, 16))
for arguments in ((None,), (1, 4), (b"1234", 4)):
    try:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, *arguments)
    except TypeError as e:
        print(type(e).__name__)
try:
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, None, -1)
except (OverflowError, OSError):
    print("refused")
s.close()
