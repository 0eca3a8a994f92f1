# SOCK_NONBLOCK and SOCK_CLOEXEC work, and do not show in the type.
import socket

with socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK) as s:
    print(repr(s.type == socket.SOCK_STREAM), repr(s.getblocking()), repr(s.gettimeout()))

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as s:
    print(repr(s.type == socket.SOCK_DGRAM), repr(s.getblocking()), repr(s.gettimeout()))
    print(repr(s.get_inheritable()))

with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC) as s:
    print(int(s.type), repr(s.getblocking()))
    s.setblocking(True)
    print(repr(s.getblocking()), repr(s.gettimeout()))
