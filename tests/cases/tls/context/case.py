import os, socket, ssl, sys

CERTS = os.path.dirname(sys.argv[0]) + "/../../../certificates/"


def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)


def assign(c, name, value):
    setattr(c, name, value)
    return "ok"


client, server = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
default = ssl.create_default_context(cafile=CERTS + "ca.pem")
for c in (client, server, default):
    print(int(c.protocol), c.check_hostname, int(c.verify_mode), int(c.minimum_version), int(c.maximum_version))
print(int(ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).verify_mode))

# Rules between the settings.
attempt(lambda: assign(client, "verify_mode", ssl.CERT_NONE))
client.check_hostname = False
attempt(lambda: assign(client, "verify_mode", ssl.CERT_NONE))
attempt(lambda: assign(client, "check_hostname", True))
print(client.check_hostname, int(client.verify_mode))
attempt(lambda: assign(client, "verify_mode", 7))
client.minimum_version = ssl.TLSVersion.TLSv1_3
print(int(client.minimum_version))

# Certificates: what was loaded, and what cannot be.
print(default.cert_store_stats())
print([c["subject"] for c in default.get_ca_certs()])
attempt(lambda: client.load_verify_locations())
with open(CERTS + "ca.pem") as f:
    text = f.read()
client.load_verify_locations(cadata=text)
print(client.cert_store_stats())
client.load_verify_locations(cadata=ssl.PEM_cert_to_DER_cert(text))
print(client.cert_store_stats())
print(ssl.DER_cert_to_PEM_cert(ssl.PEM_cert_to_DER_cert(text)) == text)

# What makes no sense together.
a, b = socket.socketpair()
attempt(lambda: client.wrap_socket(a))
attempt(lambda: client.wrap_socket(a, server_side=True, server_hostname="x"))
attempt(lambda: client.wrap_socket(a, server_hostname=""))
attempt(lambda: client.wrap_socket(socket.socket(socket.AF_INET, socket.SOCK_DGRAM), server_hostname="x"))
print(a.fileno() >= 0)
a.close()
b.close()
