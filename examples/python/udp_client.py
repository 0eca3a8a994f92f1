# UDP client
import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else '127.0.0.1'
PORT = int(sys.argv[2] if len(sys.argv) > 2 else 50007)
cs = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for data in (b'hello', b'goodbye'):               # the conversation
    cs.sendto(data, (HOST, PORT))
    answer, addr = cs.recvfrom(1024)
    print(repr(answer), 'from', addr)
cs.close()
