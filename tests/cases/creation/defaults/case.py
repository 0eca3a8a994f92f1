# socket.socket() with nothing said: IPv4, stream, blocking.
import socket

with socket.socket() as s:
    print(int(s.family), int(s.type), s.proto, sep="\t")
    print(repr(s.family == socket.AF_INET), repr(s.type == socket.SOCK_STREAM))
    print(repr(s.timeout), repr(s.gettimeout()), repr(s.getblocking()))
    print(repr(s.get_inheritable()), repr(s.fileno() > 2))
    print(s.getsockname())
