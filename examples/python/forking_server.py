import socketserver
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else '127.0.0.1'
PORT = int(sys.argv[2] if len(sys.argv) > 2 else 50007)

class Upper(socketserver.BaseRequestHandler):
    def handle(self):                         # in a process of its own
        while True:
            data = self.request.recv(1024)
            if not data: break
            self.server.count += 1            # nobody else sees this
            print('received', repr(data), 'number', self.server.count, flush=True)
            self.request.sendall(data.upper())

class Server(socketserver.ForkingMixIn, socketserver.TCPServer):   # as ForkingTCPServer
    allow_reuse_address = True
    count = 0

with Server((HOST, PORT), Upper) as server:
    server.serve_forever()
