# Certificate report program: what a TLS server shows, and whether it can be believed
import os
import socket
import ssl
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else '127.0.0.1'
PORT = int(sys.argv[2] if len(sys.argv) > 2 else 50443)
AUTHORITY = os.path.join(os.path.dirname(sys.argv[0]), '..', 'certificates', 'ca.pem')

context = ssl.create_default_context()
context.load_verify_locations(AUTHORITY)
try:
    with context.wrap_socket(socket.create_connection((HOST, PORT)), server_hostname=HOST) as s:
        cert = s.getpeercert()
        print('protocol', s.version())
        for label, names in (('subject', cert['subject']), ('issuer', cert['issuer'])):
            for part in names:
                for name, value in part:
                    print(label, name, value)
        print('valid from', cert['notBefore'])
        print('valid until', cert['notAfter'])
        for kind, name in cert['subjectAltName']:
            print('for', kind, name)
except ssl.SSLCertVerificationError as e:
    print('not to be believed:', e.verify_message)
