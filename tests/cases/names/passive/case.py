# No host: the wildcard for a server (AI_PASSIVE), loopback for a client.
import socket

for family in (socket.AF_INET, socket.AF_INET6):
    for flags in (socket.AI_PASSIVE, 0):
        for res in socket.getaddrinfo(None, 7, family, socket.SOCK_STREAM, 0, flags):
            print(int(res[0]), res[4], sep="\t")

res = socket.getaddrinfo(None, 0, socket.AF_INET, socket.SOCK_STREAM, 0, socket.AI_PASSIVE)[0]
with socket.socket(res[0], res[1], res[2]) as s:
    s.bind(res[4])
    s.listen(1)
    print(s.getsockname()[0])
