# htonl, htons and the way back.
import socket


def show(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__)


print(socket.htons(80), socket.ntohs(80), socket.ntohs(socket.htons(50007)), sep="\t")
print(socket.htonl(1), socket.ntohl(1), socket.ntohl(socket.htonl(0x7F000001)), sep="\t")
print(socket.htons(0), socket.htons(65535), socket.htonl(0), socket.htonl(4294967295), sep="\t")
print(socket.ntohl(0xDEADBEEF))
for f in (socket.htons, socket.ntohs, socket.htonl, socket.ntohl):
    show(lambda: f(-1))
    show(lambda: f("1"))
    show(lambda: f(1.5))
    show(lambda: f())
show(lambda: socket.htons(65536))
show(lambda: socket.ntohs(65536))
show(lambda: socket.htonl(1 << 32))
show(lambda: socket.ntohl(1 << 32))
