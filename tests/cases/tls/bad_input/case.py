import os, socket, ssl, sys, threading

CERTS = os.path.dirname(sys.argv[0]) + "/../../../certificates/"


def meets(title, data, server_side, ends=False):
    a, b = socket.socketpair()
    a.settimeout(0.2)
    b.sendall(data)
    if ends:
        b.shutdown(socket.SHUT_WR)
    if server_side:
        c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        c.load_cert_chain(CERTS + "localhost.pem")
    else:
        c = ssl.create_default_context(cafile=CERTS + "ca.pem")
    try:
        c.wrap_socket(a, server_side=server_side, server_hostname=None if server_side else "localhost")
        print(title, "connected")
    except OSError as e:
        print(title, type(e).__name__, e.errno, getattr(e, "reason", None))
    a.close()
    b.close()


def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, getattr(e, "reason", None))


meets("garbage for a client", b"garbage instead of a hello", False)
meets("garbage for a server", b"garbage instead of a hello", True)
meets("HTTP for a server", b"GET / HTTP/1.0\r\n\r\n", True)
meets("nothing, then the end, for a client", b"", False, True)
meets("nothing, then the end, for a server", b"", True, True)
meets("half a record for a server", b"\x16\x03\x01\x02\x00\x01", True, True)
meets("half a record for a client", b"\x16\x03\x03\x02\x00\x02", False, True)
meets("silence for a client", b"", False)
meets("silence for a server", b"", True)
meets("half a record, then silence", b"\x16\x03\x01\x02\x00\x01", True)


# After the handshake.
def breaks(title, data):
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(CERTS + "localhost.pem")
    client = ssl.create_default_context(cafile=CERTS + "ca.pem")
    a, b = socket.socketpair()
    ends = []
    t = threading.Thread(target=lambda: ends.append(server.wrap_socket(b, server_side=True)))
    t.start()
    s = client.wrap_socket(a, server_hostname="localhost", suppress_ragged_eofs=False)
    t.join()
    raw = socket.socket(fileno=ends[0].detach())
    raw.sendall(data)
    raw.close()
    try:
        print(title, s.recv(100))
    except OSError as e:
        print(title, type(e).__name__, e.errno, e.reason)
    s.close()


breaks("a record cut in the middle", b"\x17\x03\x03\x01\x00half of it")
breaks("a head cut in the middle", b"\x17\x03")
breaks("a record that nobody has encrypted", b"\x17\x03\x03\x00\x20" + b"x" * 32)
breaks("garbage in between", b"GARBAGE GARBAGE GARBAGE")

# Files that are not what they should be.
c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
attempt(lambda: c.load_cert_chain(CERTS + "localhost.pem", CERTS + "client.pem"))
attempt(lambda: c.load_cert_chain("missing.pem"))
with open("junk.pem", "w") as f:
    f.write("junk\n")
attempt(lambda: c.load_verify_locations("junk.pem"))
with open("half.pem", "w") as f:
    f.write("-----BEGIN CERTIFICATE-----\nMIIB\n")
attempt(lambda: c.load_verify_locations("half.pem"))
