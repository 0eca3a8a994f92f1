# Unix datagrams: named and unnamed senders, replies to an address.
import os
import socket

with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
    server.bind("server.sock")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as c:
        print(c.sendto(b"from nobody", "server.sock"))
        data, address = server.recvfrom(100)
        print(repr(data), repr(address), sep="\t")
        c.bind("client.sock")
        c.sendto(b"from somebody", "server.sock")
        data, address = server.recvfrom(100)
        print(repr(data), address, sep="\t")
        server.sendto(b"answer", address)
        buf = bytearray(6)
        n, address = c.recvfrom_into(buf)
        print(n, repr(buf), address, sep="\t")
        try:
            c.sendto(b"x", "no-such.sock")
        except OSError as e:
            print(type(e).__name__, e.errno, sep="\t")
os.remove("server.sock")
os.remove("client.sock")
