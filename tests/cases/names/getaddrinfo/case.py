# getaddrinfo on numeric hosts: five-tuples, printed with the names of the constants.
import socket

results = socket.getaddrinfo("127.0.0.1", 80, socket.AF_INET, socket.SOCK_STREAM)
print(len(results))
family, kind, proto, canonname, sockaddr = results[0]
print(int(family), int(kind), proto, sep="\t")
print(repr(canonname == ""), sockaddr)
print(repr(results[0]))

for res in socket.getaddrinfo("127.0.0.1", "8080"):
    print(int(res[0]), int(res[1]), res[2], res[4], sep="\t")

for res in socket.getaddrinfo("::1", 80, proto=socket.IPPROTO_TCP):
    print(repr(res))

print(repr(socket.getaddrinfo("127.0.0.1", 53, type=socket.SOCK_DGRAM)))
print(len(socket.getaddrinfo("127.0.0.1", None, 0, 0, socket.IPPROTO_UDP)))
print(socket.getaddrinfo("127.0.0.1", None, type=socket.SOCK_STREAM)[0][4])
