# sendall of more than the kernel holds, read at the other end piece by piece.
import socket
import threading

a, b = socket.socketpair()
data = b"0123456789abcdef" * 65536
total = 0
tail = b""


def read():
    global total, tail
    while True:
        piece = b.recv(65536)
        if not piece:
            break
        total += len(piece)
        tail = piece[-4:]


t = threading.Thread(target=read)
t.start()
print(repr(a.sendall(data)))
a.close()
t.join()
b.close()
print(total, repr(tail), sep="\t")
