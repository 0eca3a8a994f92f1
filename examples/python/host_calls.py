import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else 'www.bilibili.com'
print(socket.gethostname())
print(socket.gethostbyname('localhost'))
print(socket.gethostbyname(HOST))
name, aliases, addresses = socket.gethostbyaddr(HOST)
print(name)
print(', '.join(addresses))
print(socket.getservbyname('http'))
