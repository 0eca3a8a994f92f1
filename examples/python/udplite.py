import socket

receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_UDPLITE)
receiver.bind(("127.0.0.1", 0))
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_UDPLITE)

# the checksum covers the header of 8 bytes and 8 more
sender.setsockopt(socket.IPPROTO_UDPLITE, socket.UDPLITE_SEND_CSCOV, 16)
# what covers less is not delivered
receiver.setsockopt(socket.IPPROTO_UDPLITE, socket.UDPLITE_RECV_CSCOV, 16)

sender.sendto(b"HEAD-OK.and samples that may be damaged", receiver.getsockname())
print(repr(receiver.recv(1024)))
print(sender.getsockopt(socket.IPPROTO_UDPLITE, socket.UDPLITE_SEND_CSCOV))
