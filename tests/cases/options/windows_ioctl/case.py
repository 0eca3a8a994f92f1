# Windows' ioctl codes by what this system has for them: the options they stand for.
import socket

s = socket.socket()


def keep_alive(on, idle, interval):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, on)
    if on:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, max(1, -(-idle // 1000)))
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, max(1, -(-interval // 1000)))


def show():
    print(s.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE), s.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE),
          s.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL))


keep_alive(1, 10000, 3000)
show()
keep_alive(1, 10001, 1)
show()
keep_alive(0, 5000, 5000)
show()
print(0x98000001, 0x98000004, 0x98000010, 0, 1)
s.close()
