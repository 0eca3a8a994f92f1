# TCP server
import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else '127.0.0.1'
PORT = int(sys.argv[2] if len(sys.argv) > 2 else 50007)
ss = socket.socket()                      # create the server's socket
ss.bind((HOST, PORT))                     # bind it to an address
ss.listen()                               # listen for connections
while True:                               # the server's endless loop
    cs, addr = ss.accept()                # accept: gives a socket for this client
    print('connected from', addr)
    while True:                           # the conversation
        data = cs.recv(1024)
        if not data: break
        print('received', repr(data))
        cs.sendall(b'[' + data + b']')
    cs.close()                            # close the client's socket
ss.close()                                # close the server's socket
