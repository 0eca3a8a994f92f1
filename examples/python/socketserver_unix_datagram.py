import socketserver
import sys

NAME = sys.argv[1] if len(sys.argv) > 1 else 'upper'

class Upper(socketserver.BaseRequestHandler):
    def handle(self):
        data, sock = self.request             # the datagram, and the server's socket
        print('received', repr(data))
        sock.sendto(data.upper(), self.client_address)

with socketserver.UnixDatagramServer('\0' + NAME, Upper) as server:
    server.serve_forever()
