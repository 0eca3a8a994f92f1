import socket
import sys

NAME = sys.argv[1] if len(sys.argv) > 1 else 'upper'
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
    s.bind('')                                # a name from the kernel: answers need one
    for data in (b'hello', b'goodbye'):
        s.sendto(data, '\0' + NAME)
        print(repr(s.recv(1024)))
