# Random bytes, and names of the module that stand for numbers and texts.
import ssl


def show(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, e)


show(lambda: len(ssl.RAND_bytes(16)))
show(lambda: len(ssl.RAND_bytes(0)))
show(lambda: ssl.RAND_bytes(16) == ssl.RAND_bytes(16))
show(lambda: ssl.RAND_bytes(-1))
show(lambda: ssl.RAND_status())
print(ssl.PEM_HEADER, ssl.PEM_FOOTER)
print(int(ssl.ALERT_DESCRIPTION_UNKNOWN_CA), int(ssl.AlertDescription.ALERT_DESCRIPTION_UNKNOWN_CA))
print(int(ssl.OP_IGNORE_UNEXPECTED_EOF), int(ssl.Options.OP_NO_TLSv1_2))
print(int(ssl.VERIFY_ALLOW_PROXY_CERTS), int(ssl.VerifyFlags.VERIFY_X509_STRICT))
print(int(ssl.SSL_ERROR_INVALID_ERROR_CODE), int(ssl.SSLErrorNumber.SSL_ERROR_EOF))
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
for f in (lambda: context.load_cert_chain("missing.pem"), lambda: context.load_verify_locations("missing.pem")):
    try:
        f()
    except OSError as e:
        print(type(e).__name__, e, repr(e.filename))
