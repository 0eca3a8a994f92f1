# A blocking connect that was refused leaves the socket as new.
import socket

s = socket.socket()
print(repr([s.connect_ex(("127.0.0.1", 1)) for _ in range(4)]))
print(s.getsockname()[0])
try:
    s.recv(1)
except OSError as e:
    print(repr(e.errno))
s.listen()
s.close()
