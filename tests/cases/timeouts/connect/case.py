# connect with a timeout, to a listener whose queue is full.
import errno
import socket

server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(0)
address = server.getsockname()
waiting = []
for _ in range(4):
    c = socket.socket()
    c.setblocking(False)
    c.connect_ex(address)
    waiting.append(c)

with socket.socket() as s:
    s.settimeout(0.1)
    try:
        s.connect(address)
        print("no error")
    except socket.timeout as e:
        print(type(e).__name__, repr(e.errno), e, sep="\t")

with socket.socket() as s:
    s.settimeout(0.1)
    print(errno.errorcode[s.connect_ex(address)])

try:
    socket.create_connection(address, timeout=0.1)
    print("no error")
except socket.timeout as e:
    print(type(e).__name__, repr(e.errno), e, sep="\t")

for c in waiting:
    c.close()
server.close()
