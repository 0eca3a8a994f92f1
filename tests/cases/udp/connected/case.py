# A connected UDP socket: send and recv, and only from that peer.
import socket

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as a, \
     socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as b, \
     socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
    a.bind(("127.0.0.1", 0))
    b.bind(("127.0.0.1", 0))
    a.connect(b.getsockname())
    print(repr(a.getpeername() == b.getsockname()))
    print(a.send(b"to the peer"), repr(a.sendall(b"again")), sep="\t")
    print(repr(b.recv(100)), repr(b.recvfrom(100)[1] == a.getsockname()))
    stranger.sendto(b"not heard", a.getsockname())
    b.sendto(b"heard", a.getsockname())
    print(repr(a.recv(100)))
    a.setblocking(False)
    try:
        a.recv(100)
    except BlockingIOError as e:
        print(e.errno)
    print(stranger.connect_ex(b.getsockname()), b.connect_ex(a.getsockname()), sep="\t")
