# TCP client
import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else '127.0.0.1'
PORT = int(sys.argv[2] if len(sys.argv) > 2 else 50007)
cs = socket.socket()                              # create the client's socket
cs.connect((HOST, PORT))                          # connect to the server
for data in (b'hello', b'goodbye'):               # the conversation
    cs.sendall(data)
    print(repr(cs.recv(1024)))
cs.close()                                        # close the client's socket
