import socket, array
import sys

def send_fds(sock, msg, fds):
    return sock.sendmsg([msg], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))])

NAME = sys.argv[1] if len(sys.argv) > 1 else 'descriptors'
kept1, given1 = socket.socketpair()
kept2, given2 = socket.socketpair()
with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
    s.connect('\0' + NAME)
    print(send_fds(s, b'two sockets', [given1.fileno(), given2.fileno()]))
given1.close()                              # the receiver has its own
given2.close()
kept1.sendall(b'through the first')
kept2.sendall(b'through the second')
print(repr(kept1.recv(1024)))
print(repr(kept2.recv(1024)))
kept1.close()
kept2.close()
