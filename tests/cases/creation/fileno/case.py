# fileno= adopts a descriptor; family, type and protocol come from the kernel.
import socket

for family, kind in [
    (socket.AF_INET, socket.SOCK_STREAM),
    (socket.AF_INET6, socket.SOCK_DGRAM),
    (socket.AF_UNIX, socket.SOCK_SEQPACKET),
]:
    fd = socket.socket(family, kind).detach()
    with socket.socket(fileno=fd) as s:
        print(int(s.family), int(s.type), s.proto, sep="\t")
        print(repr(s.fileno() == fd))

# What is said wins over what would be found out.
fd = socket.socket(socket.AF_INET, socket.SOCK_STREAM).detach()
with socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0, fd) as s:
    print(int(s.family), int(s.type), s.proto, sep="\t")
