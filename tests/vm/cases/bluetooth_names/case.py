# Bluetooth without a controller: the names of L2CAP, RFCOMM and SCO sockets, and what is no name.
import socket

ANY = "00:00:00:00:00:00"

s = socket.socket(socket.AF_BLUETOOTH, socket.SOCK_SEQPACKET, socket.BTPROTO_L2CAP)
s.bind((ANY, 0x1001))
print(repr(s.getsockname()))
s = socket.socket(socket.AF_BLUETOOTH, socket.SOCK_STREAM, socket.BTPROTO_RFCOMM)
s.bind((ANY, 5))
print(repr(s.getsockname()))
s.listen(1)
s.setblocking(False)
try:
    s.accept()
except BlockingIOError as e:
    print(e.errno)
s = socket.socket(socket.AF_BLUETOOTH, socket.SOCK_SEQPACKET, socket.BTPROTO_SCO)
s.bind(ANY.encode())
print(repr(s.getsockname()))


def refused(f):
    try:
        f()
    except OSError as e:
        print(type(e).__name__, e)


l2cap = socket.socket(socket.AF_BLUETOOTH, socket.SOCK_SEQPACKET, socket.BTPROTO_L2CAP)
rfcomm = socket.socket(socket.AF_BLUETOOTH, socket.SOCK_STREAM, socket.BTPROTO_RFCOMM)
refused(lambda: l2cap.bind(("00:11:22:33:44", 1)))
refused(lambda: l2cap.bind(("00:11:22:33:44:1FF", 1)))
refused(lambda: l2cap.bind((ANY,)))
refused(lambda: rfcomm.connect((ANY, "one")))
refused(lambda: s.bind(5))
refused(lambda: rfcomm.connect(("00:1A:7D:DA:71:13", 1)))
