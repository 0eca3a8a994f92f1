# An IPv4 address: a pair that prints and indexes as Python's.
import re
import socket

with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    addr = s.getsockname()
    host, port = addr
    print(re.sub(r", \d+", ", PORT", str(addr)))
    print(re.sub(r", \d+", ", PORT", repr(addr)))
    print(len(addr), host, repr(port > 0), sep="\t")
    print(repr(addr[0] == host), repr(addr[1] == port))

with socket.socket() as s:
    print(s.getsockname())
    s.bind(("", 0))
    print(s.getsockname()[0])
