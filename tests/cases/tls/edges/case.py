# Certificates and names that are nearly right.
import socket
import ssl


def kind(f, *args):
    try:
        print("fine", repr(f(*args)))
    except Exception as e:
        print(type(e).__name__)


a, b = socket.socketpair()
pem = "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
print(repr(ssl.PEM_cert_to_DER_cert(pem % "!QU\nJD*")))
for data in ["QQ=", "QUJDQ"]:
    try:
        ssl.PEM_cert_to_DER_cert(pem % data)
    except ValueError as e:
        print(e)
print(repr(ssl.cert_time_to_seconds("Jan  5 09:34:43 2018 gmt")))
kind(lambda: ssl.create_default_context().wrap_socket(a, server_hostname="a\0b"))
