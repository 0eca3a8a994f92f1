import os, socket, ssl, sys, threading

CERTS = os.path.dirname(sys.argv[0]) + "/../../../certificates/"


def attempt(title, name, host="localhost", cafile="ca", partial=False):
    sc = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    sc.load_cert_chain(CERTS + name + ".pem")
    cc = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if cafile:
        cc.load_verify_locations(CERTS + cafile + ".pem")
    if partial:
        cc.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    a, b = socket.socketpair()

    def serve():
        try:
            sc.wrap_socket(b, server_side=True).close()
        except OSError:
            b.close()

    t = threading.Thread(target=serve)
    t.start()
    try:
        s = cc.wrap_socket(a, server_hostname=host)
        print(title, "connected", s.server_hostname)
        s.close()
    except ssl.SSLCertVerificationError as e:
        print(title, type(e).__name__, e.reason, e.library, e.verify_code, e.verify_message)
        print(isinstance(e, ssl.SSLError), isinstance(e, ValueError), isinstance(e, OSError), e.errno)
    a.close()
    t.join()


attempt("right", "localhost")
attempt("wildcard", "localhost", "a.example.test")
attempt("wrong host", "localhost", "wrong.example")
attempt("two labels", "localhost", "a.b.example.test")
attempt("wrong address", "localhost", "127.0.0.2")
attempt("expired", "expired")
attempt("another authority", "stranger")
attempt("no authority", "localhost", cafile=None)
attempt("its own authority", "stranger", cafile="other")
attempt("trusted itself", "localhost", cafile="localhost")
attempt("a part of a chain", "localhost", cafile="localhost", partial=True)
