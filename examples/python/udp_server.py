# UDP server
import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else '127.0.0.1'
PORT = int(sys.argv[2] if len(sys.argv) > 2 else 50007)
ss = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
ss.bind((HOST, PORT))                     # bind the server's socket
while True:                               # the server's endless loop
    data, addr = ss.recvfrom(1024)
    print('received', repr(data), 'from', addr)
    ss.sendto(b'[' + data + b']', addr)
ss.close()
