# A host may be given by name, in a short form, or as the empty string.
import socket

with socket.create_server(("localhost", 0)) as s:
    print(s.getsockname()[0])
    with socket.socket() as c:
        c.connect(("localhost", s.getsockname()[1]))
        print(c.getpeername()[0])

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    s.bind(("127.1", 0))
    print(s.getsockname()[0])

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    s.bind(("0.0.0.0", 0))
    port = s.getsockname()[1]
    print(s.getsockname()[0])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as c:
        c.connect(("127.0.0.1", port))
        print(c.getsockname()[0], c.getpeername()[0], sep="\t")

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    s.bind(("<broadcast>", 0))
    print(s.getsockname()[0])
