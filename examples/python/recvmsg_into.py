import socket

s1, s2 = socket.socketpair()
b1 = bytearray(b'----')
b2 = bytearray(b'0123456789')
b3 = bytearray(b'--------------')
print(s1.send(b'Mary had a little lamb'))
nbytes, ancdata, msg_flags, address = s2.recvmsg_into([b1, memoryview(b2)[2:9], b3])
print(nbytes, ancdata, msg_flags, address)
print([b1, b2, b3])
s1.close()
s2.close()
