import socket
import sys
bufsize = 1024
ipAddr = (sys.argv[1] if len(sys.argv) > 1 else '127.0.0.1', int(sys.argv[2] if len(sys.argv) > 2 else 9999))
# create the server's socket
socketServer = socket.socket(socket.AF_INET,socket.SOCK_STREAM,0)
socketServer.bind(ipAddr)
socketServer.listen(5)
conn,addr = socketServer.accept()
if conn:
  while True:
    data = socket.recv(bufsize).decode("utf-8")
    print("client post data : %s " %(str(data)))
    socketServer.send(bytes(data,bufsize)).encode("utf-8")
socketServer.close()

# Raises: AttributeError: module 'socket' has no attribute 'recv'
