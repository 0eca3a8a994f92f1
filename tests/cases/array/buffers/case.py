# array: sent and received as the buffer it is; descriptors passed with it, as Python's documentation does.
import array, os, socket
a, b = socket.socketpair()
print(a.send(array.array("B", [65, 66, 67])), b.recv(10))
into = array.array("H", [0, 0, 0])
a.send(array.array("H", [1, 2]))
print(b.recv_into(into), into, b.setblocking(False))
a.sendall(array.array("i", [7]))
print(b.recv_into(memoryview(into).cast("B")[0:4]), into)
print(a.sendmsg([array.array("B", [97]), bytearray(b"bc"), memoryview(b"def")[1:]]), b.recv(10))
a.sendmsg([b"12345"])
parts = [array.array("B", [0, 0]), bytearray(2), memoryview(bytearray(b"xyz"))[1:]]
print(b.recvmsg_into(parts)[0], parts[0], parts[1], bytes(parts[2]))

def send_fds(sock, msg, fds):
    return sock.sendmsg([msg], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))])

def recv_fds(sock, msglen, maxfds):
    fds = array.array("i")
    msg, ancdata, flags, addr = sock.recvmsg(msglen, socket.CMSG_LEN(maxfds * fds.itemsize))
    for cmsg_level, cmsg_type, cmsg_data in ancdata:
        if cmsg_level == socket.SOL_SOCKET and cmsg_type == socket.SCM_RIGHTS:
            fds.frombytes(cmsg_data[:len(cmsg_data) - (len(cmsg_data) % fds.itemsize)])
    return msg, list(fds)

print(send_fds(a, b"take", [a.fileno(), b.fileno()]))
msg, fds = recv_fds(b, 10, 2)
print(msg, len(fds))
for fd in fds:
    socket.close(fd)
