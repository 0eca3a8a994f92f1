# Families and protocols the kernel refuses.
import socket


def show(f):
    try:
        f()
        print("no error")
    except OSError as e:
        print(type(e).__name__, e.errno, e.strerror, sep="\t")


show(lambda: socket.socket(999))
show(lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_UDP))
show(lambda: socket.socketpair(socket.AF_INET6))
show(lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM, 99))
