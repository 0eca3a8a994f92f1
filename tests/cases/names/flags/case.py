# AI_NUMERICHOST, AI_CANONNAME, AI_V4MAPPED.
import socket

res = socket.getaddrinfo("127.0.0.1", 80, 0, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST | socket.AI_CANONNAME)
print(len(res), res[0][3], sep="\t")
res = socket.getaddrinfo("127.0.0.1", 80, socket.AF_INET6, socket.SOCK_STREAM, flags=socket.AI_V4MAPPED)
print(res[0][4])
res = socket.getaddrinfo("localhost", 80, socket.AF_INET, socket.SOCK_STREAM, flags=socket.AI_NUMERICSERV)
print(res[0][4])
try:
    socket.getaddrinfo("localhost", 80, flags=socket.AI_NUMERICHOST)
except socket.gaierror as e:
    print(type(e).__name__, e.errno, e.strerror, sep="\t")
