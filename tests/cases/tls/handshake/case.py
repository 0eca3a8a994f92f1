import os, socket, ssl, sys, threading

CERTS = os.path.dirname(sys.argv[0]) + "/../../../certificates/"


def server(name="localhost"):
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    c.load_cert_chain(CERTS + name + ".pem")
    return c


def pair(sc, cc, host="localhost"):
    a, b = socket.socketpair()
    ends = []
    t = threading.Thread(target=lambda: ends.append(sc.wrap_socket(b, server_side=True)))
    t.start()
    s = cc.wrap_socket(a, server_hostname=host)
    t.join()
    return s, ends[0]


sc = server()
sc.set_alpn_protocols(["h2", "echo/1"])
cc = ssl.create_default_context(cafile=CERTS + "ca.pem")
cc.set_alpn_protocols(["echo/1", "other"])
s, p = pair(sc, cc)
print(s.version(), p.version(), s.selected_alpn_protocol(), p.selected_alpn_protocol())
print(s.server_side, p.server_side, s.server_hostname, p.server_hostname)
print(s.context is cc, p.context is sc)
print(p.getpeercert(), p.getpeercert(True))
cert = s.getpeercert()
for key in ("subject", "issuer", "version", "notBefore", "notAfter", "subjectAltName"):
    print(key, cert[key])
print(len(cert["serialNumber"]) > 0, len(s.getpeercert(True)) > 300)
print(s.compression(), s.session_reused, s.pending())
print(s.cipher()[1:], s.cipher() == p.cipher())
s.sendall(b"over")
print(p.recv(100))
p.close()
s.close()

# Names that the certificate has, in other forms.
for host in ("127.0.0.1", "::1", "LOCALHOST", "www.example.test"):
    s, p = pair(sc, cc, host)
    print(host, s.server_hostname, s.version())
    s.close()
    p.close()

# Versions.
for lowest, highest in (("TLSv1_2", "TLSv1_2"), ("TLSv1_3", "TLSv1_3"), ("TLSv1_2", "TLSv1_3")):
    c = ssl.create_default_context(cafile=CERTS + "ca.pem")
    c.minimum_version = getattr(ssl.TLSVersion, lowest)
    c.maximum_version = getattr(ssl.TLSVersion, highest)
    s, p = pair(sc, c)
    print(s.version(), s.selected_alpn_protocol())
    s.close()
    p.close()

# A client with a certificate.
strict = server()
strict.verify_mode = ssl.CERT_REQUIRED
strict.load_verify_locations(CERTS + "ca.pem")
known = ssl.create_default_context(cafile=CERTS + "ca.pem")
known.load_cert_chain(CERTS + "client.pem")
s, p = pair(strict, known)
print(p.getpeercert()["subject"])
s.close()
p.close()

# No verification: the certificate is told as bytes only.
blind = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
blind.check_hostname = False
blind.verify_mode = ssl.CERT_NONE
s, p = pair(server("stranger"), blind, "any.example.test")
print(s.getpeercert(), len(s.getpeercert(True)) > 300)
s.close()
p.close()
