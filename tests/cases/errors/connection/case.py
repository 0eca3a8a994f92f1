# Refused, reset, broken, not connected, connected twice: each its own class.
import errno
import re
import socket
import struct


def show(f):
    try:
        print(repr(f()))
    except OSError as e:
        print(type(e).__name__, e.errno, re.sub(r" \(while.*", "", e.strerror), sep="\t")


deaf = socket.socket()
deaf.bind(("127.0.0.1", 0))
s = socket.socket()
show(lambda: s.recv(1))
show(lambda: s.getpeername())
show(lambda: s.connect(deaf.getsockname()))
print(errno.errorcode[s.connect_ex(deaf.getsockname())])
s.close()
deaf.close()

server = socket.create_server(("127.0.0.1", 0))
c = socket.create_connection(server.getsockname())
conn, addr = server.accept()
show(lambda: c.connect(server.getsockname()))
show(lambda: c.accept())
show(lambda: c.listen())
# Closing with a linger of zero seconds resets the connection.
conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
conn.close()
show(lambda: c.recv(10))
show(lambda: c.recv(10))
show(lambda: c.send(b"x"))
c.close()
show(lambda: socket.create_server(server.getsockname()).close())
server.close()
