import os, socket, ssl, sys, threading

CERTS = os.path.dirname(sys.argv[0]) + "/../../../certificates/"
sc = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
sc.load_cert_chain(CERTS + "localhost.pem")
cc = ssl.create_default_context(cafile=CERTS + "ca.pem")


def attempt(title, f):
    try:
        print(title, f())
    except Exception as e:
        print(title, type(e).__name__, e)


a, b = socket.socketpair()
ends = []
t = threading.Thread(target=lambda: ends.append(sc.wrap_socket(b, server_side=True)))
t.start()
s = cc.wrap_socket(a, server_hostname="localhost")
t.join()
p = ends[0]

attempt("recv", lambda: s.recv(10, socket.MSG_PEEK))
attempt("recv_into", lambda: s.recv_into(bytearray(5), 5, socket.MSG_PEEK))
attempt("send", lambda: s.send(b"x", socket.MSG_OOB))
attempt("sendall", lambda: s.sendall(b"x", socket.MSG_OOB))
attempt("sendto", lambda: s.sendto(b"x", ("127.0.0.1", 1)))
attempt("recvfrom", lambda: s.recvfrom(10))
attempt("recvfrom_into", lambda: s.recvfrom_into(bytearray(5)))
attempt("recvmsg", lambda: s.recvmsg(10))
attempt("recvmsg_into", lambda: s.recvmsg_into([bytearray(5)]))
attempt("sendmsg", lambda: s.sendmsg([b"x"]))
attempt("dup", lambda: s.dup())
attempt("wrap again", lambda: sc.wrap_socket(socket.socket(), server_side=True, server_hostname="x"))
s.sendall(b"it still speaks")
print(p.recv(100))
s.close()
p.close()

# Before TLS begins.
u = cc.wrap_socket(socket.socket(), server_hostname="localhost")
print(u.version(), u.cipher(), u.selected_alpn_protocol(), u.pending())
attempt("getpeercert", lambda: u.getpeercert() and "")
attempt("unwrap", lambda: u.unwrap() and "")
u.close()
