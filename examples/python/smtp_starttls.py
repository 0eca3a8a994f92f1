# STARTTLS program: a mail over SMTP, in plain text until the server agrees to speak TLS
import os
import socket
import ssl
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else 'localhost'
PORT = int(sys.argv[2] if len(sys.argv) > 2 else 25)
AUTHORITY = os.path.join(os.path.dirname(sys.argv[0]), '..', 'certificates', 'ca.pem')


def answer(f):
    lines = []
    while True:
        line = f.readline().decode().rstrip()
        lines.append(line)
        if line[3:4] != '-': return lines


def say(s, f, text):
    s.sendall(text.encode() + b'\r\n')
    lines = answer(f)
    print(text, '->', lines[-1][:3], len(lines) > 1)
    return lines


context = ssl.create_default_context()
context.load_verify_locations(AUTHORITY)
s = socket.create_connection((HOST, PORT))
f = s.makefile('rb')
print(answer(f)[0][:3])
offers = say(s, f, 'EHLO example.test')
print('STARTTLS' in [line[4:] for line in offers])
say(s, f, 'STARTTLS')
f.close()
s = context.wrap_socket(s, server_hostname=HOST)
f = s.makefile('rb')
print(s.version())
say(s, f, 'EHLO example.test')
say(s, f, 'MAIL FROM:<me@example.test>')
say(s, f, 'RCPT TO:<you@example.test>')
say(s, f, 'DATA')
s.sendall(b'Subject: over TLS\r\n\r\nNobody else reads this.\r\n')
say(s, f, '.')
say(s, f, 'QUIT')
f.close()
s.close()
