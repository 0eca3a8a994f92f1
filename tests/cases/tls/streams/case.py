import os, socket, ssl, sys, threading

CERTS = os.path.dirname(sys.argv[0]) + "/../../../certificates/"
sc = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
sc.load_cert_chain(CERTS + "localhost.pem")
cc = ssl.create_default_context(cafile=CERTS + "ca.pem")


def pair(a, b, **options):
    ends = []
    t = threading.Thread(target=lambda: ends.append(sc.wrap_socket(b, server_side=True)))
    t.start()
    s = cc.wrap_socket(a, server_hostname="localhost", **options)
    t.join()
    return s, ends[0]


# Plain text, then TLS, then plain text.
a, b = socket.socketpair()
a.sendall(b"STARTTLS\r\n")
print(b.recv(100))
s, p = pair(a, b)
print(a.fileno(), b.fileno())
s.sendall(b"secret")
print(p.recv(3), p.recv(100))
t = threading.Thread(target=lambda: p.unwrap())
t.start()
plain = s.unwrap()
t.join()
print(s.version(), p.version())
plain.sendall(b"plain again")
print(p.recv(100))
s.close()
p.close()

# The methods that move bytes.
s, p = pair(*socket.socketpair())
print(s.send(b"12345"), s.write(b"678"))
buffer = bytearray(6)
print(p.recv_into(buffer, 3), buffer)
print(p.read(2), p.pending())
rest = p.recv(100)
while len(rest) < 3:
    rest += p.recv(100)
print(rest)
print(s.send(b""))
f, g = s.makefile("w"), p.makefile("r")
f.write("one\ntwo\n")
f.flush()
print(repr(g.readline()), repr(g.readline()))
data = bytes(range(256)) * 2000
t = threading.Thread(target=lambda: s.sendall(data))
t.start()
got = b""
while len(got) < len(data):
    got += p.recv(20000)
t.join()
print(got == data)

# Timeouts, and what comes after.
p.settimeout(0.05)
try:
    p.recv(10)
except TimeoutError as e:
    print(type(e).__name__, e)
p.settimeout(0)
try:
    p.recv(10)
except ssl.SSLWantReadError as e:
    print(type(e).__name__, e.errno, isinstance(e, OSError))
p.settimeout(5)
s.sendall(b"later")
print(p.recv(10))
p.sendall(b"and back")
print(s.recv(10))
f.close()
g.close()
s.close()
print(p.recv(10))
p.close()

# An end without a goodbye; a peer that closes with something unread resets the connection, which is an end as well.
for suppress in (True, False):
    s, p = pair(*socket.socketpair(), suppress_ragged_eofs=suppress)
    raw = socket.socket(fileno=p.detach())
    raw.close()
    try:
        print(s.recv(10))
    except ssl.SSLEOFError as e:
        print(type(e).__name__, e.errno, e.reason)
    s.close()
for suppress in (True, False):
    s, p = pair(*socket.socketpair(), suppress_ragged_eofs=suppress)
    s.sendall(b"unread")
    raw = socket.socket(fileno=p.detach())
    raw.close()
    for call in (lambda: s.recv(10), lambda: s.send(b"x")):
        try:
            print(call())
        except ssl.SSLEOFError as e:
            print(type(e).__name__, e.errno, e.reason)
    s.close()
