import os, select, selectors, socket, ssl, sys, threading

CERTS = os.path.dirname(sys.argv[0]) + "/../../../certificates/"
sc = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
sc.load_cert_chain(CERTS + "localhost.pem")
cc = ssl.create_default_context(cafile=CERTS + "ca.pem")
a, b = socket.socketpair()
ends = []
t = threading.Thread(target=lambda: ends.append(sc.wrap_socket(b, server_side=True)))
t.start()
s = cc.wrap_socket(a, server_hostname="localhost")
t.join()
p = ends[0]
# Tickets that came with the handshake are done with.
p.sendall(b"go")
print(s.recv(2))

# Records that came together are told of one by one, whoever asks.
def send():
    for i in range(3):
        p.sendall(b"x" * 100)

send()
for i in range(3):
    r, _, _ = select.select([s], [], [], 5)
    print("select", len(r), len(s.recv(100)), s.pending())
print(select.select([s], [], [], 0)[0])
send()
poll = select.poll()
poll.register(s, select.POLLIN)
while poll.poll(100):
    print("poll", len(s.recv(100)))
send()
ep = select.epoll()
ep.register(s, select.EPOLLIN)
while ep.poll(0.1):
    print("epoll", len(s.recv(100)))
ep.modify(s, select.EPOLLIN | select.EPOLLONESHOT)
send()
for i in range(3):
    print("once", len(ep.poll(1)), len(ep.poll(0)), len(s.recv(100)))
    ep.modify(s, select.EPOLLIN | select.EPOLLONESHOT)
print(ep.poll(0))
ep.close()
send()
sel = selectors.DefaultSelector()
sel.register(s, selectors.EVENT_READ)
while sel.select(0.1):
    print("selector", len(s.recv(100)))
sel.close()
s.close()
p.close()

# A goodbye before the handshake is refused, and the handshake goes on.
a, b = socket.socketpair()
a.setblocking(False)
b.setblocking(False)
s = cc.wrap_socket(a, server_hostname="localhost", do_handshake_on_connect=False)
p = sc.wrap_socket(b, server_side=True, do_handshake_on_connect=False)
try:
    s.unwrap()
except ssl.SSLError as e:
    print(e.reason)
waiting = [s, p]
while waiting:
    for end in list(waiting):
        try:
            end.do_handshake()
            waiting.remove(end)
        except ssl.SSLWantReadError:
            pass
s.setblocking(True)
p.setblocking(True)
s.sendall(b"after all")
print(p.recv(100))
s.close()
p.close()
