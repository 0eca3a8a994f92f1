import socketserver
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else '127.0.0.1'
PORT = int(sys.argv[2] if len(sys.argv) > 2 else 50007)

class Upper(socketserver.StreamRequestHandler):
    def handle(self):                         # called for each connection
        print('connected from', self.client_address)
        for line in self.rfile:               # rfile and wfile are files made of the connection
            print('received', repr(line))
            self.wfile.write(line.upper())

socketserver.TCPServer.allow_reuse_address = True
with socketserver.TCPServer((HOST, PORT), Upper) as server:
    server.serve_forever()                    # until interrupted
