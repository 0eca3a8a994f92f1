# MSG_WAITALL waits for all of it on a blocking stream, whoever else runs, and for the end.
import socket, threading, time


def dribble(sock, pieces):
    for piece in pieces:
        sock.sendall(piece)
        time.sleep(0.01)
    sock.shutdown(socket.SHUT_WR)


def begin(*pieces):
    a, b = socket.socketpair()
    t = threading.Thread(target=dribble, args=(a, pieces))
    t.start()
    return a, b, t


a, b, t = begin(b"d", b"efg", b"h", b"ijk")
print(b.recv(4, socket.MSG_WAITALL))
buffer = bytearray(3)
print(b.recv_into(buffer, 3, socket.MSG_WAITALL), buffer)
print(b.recv(10, socket.MSG_WAITALL), b.recv(10, socket.MSG_WAITALL))
t.join()
a.close()
b.close()
a, b, t = begin(b"x" * 100000, b"y" * 100000, b"z" * 300000)
data = b.recv(400000, socket.MSG_WAITALL)
print(len(data), data.count(b"z"), len(b.recv(400000, socket.MSG_WAITALL)))
t.join()
a.close()
b.close()
# With a timeout the socket does not block, and takes what is there.
a, b, t = begin(b"one", b"two")
b.settimeout(5)
print(b.recv(6, socket.MSG_WAITALL))
t.join()
a.close()
b.close()
