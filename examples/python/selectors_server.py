import selectors
import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else '127.0.0.1'
PORT = int(sys.argv[2] if len(sys.argv) > 2 else 50007)
sel = selectors.DefaultSelector()

def accept(sock):
    conn, addr = sock.accept()                # it is there: this does not wait
    conn.setblocking(False)
    sel.register(conn, selectors.EVENT_READ, read)

def read(conn):
    data = conn.recv(1024)
    if data:
        print('received', repr(data))
        conn.sendall(data.upper())
    else:
        sel.unregister(conn)
        conn.close()

server = socket.create_server((HOST, PORT))
server.setblocking(False)
sel.register(server, selectors.EVENT_READ, accept)
while True:
    for key, mask in sel.select():
        key.data(key.fileobj)                 # what is to be done with it
