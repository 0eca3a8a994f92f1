# Constants are numbers; names a module does not have are simply absent.
import socket

print(int(socket.AF_UNIX), int(socket.AF_INET), int(socket.AF_INET6), int(socket.AF_UNSPEC), sep="\t")
print(int(socket.SOCK_STREAM), int(socket.SOCK_DGRAM), int(socket.SOCK_RAW), int(socket.SOCK_RDM), int(socket.SOCK_SEQPACKET), sep="\t")
print(int(socket.SOCK_NONBLOCK), int(socket.SOCK_CLOEXEC), sep="\t")
print(socket.SOL_SOCKET, socket.SO_REUSEADDR, socket.IPPROTO_TCP, socket.TCP_NODELAY, sep="\t")
print(socket.SHUT_RD, socket.SHUT_WR, socket.SHUT_RDWR, sep="\t")
print(int(socket.MSG_PEEK), int(socket.MSG_WAITALL), int(socket.MSG_DONTWAIT), sep="\t")
print(int(socket.AI_PASSIVE), socket.SOMAXCONN, socket.INADDR_ANY, socket.EAI_NONAME, sep="\t")
print(repr(socket.has_ipv6))
print(repr(getattr(socket, "no_such_name", None)))
