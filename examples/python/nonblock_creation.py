import socket

sock = socket.socket(
    socket.AF_INET,
    socket.SOCK_STREAM | socket.SOCK_NONBLOCK)

print(repr(sock.type == socket.SOCK_STREAM))
print(repr(sock.getblocking()), repr(sock.gettimeout()))

sock.bind(('127.0.0.1', 0))
sock.listen()
try:
    sock.accept()
except BlockingIOError as e:
    print(type(e).__name__ + ': ' + str(e))

sock.setblocking(True)
print(repr(sock.getblocking()), repr(sock.gettimeout()))
sock.close()
