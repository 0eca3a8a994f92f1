-- Constants are numbers; names a module does not have are simply absent.
local socket = require "socket"

print(socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_UNSPEC)
print(socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_RDM, socket.SOCK_SEQPACKET)
print(socket.SOCK_NONBLOCK, socket.SOCK_CLOEXEC)
print(socket.SOL_SOCKET, socket.SO_REUSEADDR, socket.IPPROTO_TCP, socket.TCP_NODELAY)
print(socket.SHUT_RD, socket.SHUT_WR, socket.SHUT_RDWR)
print(socket.MSG_PEEK, socket.MSG_WAITALL, socket.MSG_DONTWAIT)
print(socket.AI_PASSIVE, socket.SOMAXCONN, socket.INADDR_ANY, socket.EAI_NONAME)
print(repr(socket.has_ipv6))
print(repr(socket.no_such_name))
