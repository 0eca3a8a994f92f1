import socket, array
import sys

def recv_fds(sock, msglen, maxfds):
    fds = array.array("i")   # Array of ints
    msg, ancdata, flags, addr = sock.recvmsg(msglen, socket.CMSG_LEN(maxfds * fds.itemsize))
    for cmsg_level, cmsg_type, cmsg_data in ancdata:
        if cmsg_level == socket.SOL_SOCKET and cmsg_type == socket.SCM_RIGHTS:
            # Append data, ignoring any truncated integers at the end.
            fds.frombytes(cmsg_data[:len(cmsg_data) - (len(cmsg_data) % fds.itemsize)])
    return msg, list(fds)

NAME = sys.argv[1] if len(sys.argv) > 1 else 'descriptors'
with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
    s.bind('\0' + NAME)                     # an abstract name: no file is made
    s.listen(1)
    conn, addr = s.accept()
with conn:
    msg, fds = recv_fds(conn, 1024, 4)
print('Received', repr(msg), 'and', len(fds), 'descriptors')
for fd in fds:
    with socket.socket(fileno=fd) as given:
        print(repr(given.recv(1024)))
        given.sendall(b'answered')
