import socket
import sys

NAME = sys.argv[1] if len(sys.argv) > 1 else 'upper'
with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
    s.connect('\0' + NAME)
    f = s.makefile('rb')
    for line in (b'hello\n', b'goodbye\n'):
        s.sendall(line)
        print(repr(f.readline()))
