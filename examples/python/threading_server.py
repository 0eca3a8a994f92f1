import socketserver
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else '127.0.0.1'
PORT = int(sys.argv[2] if len(sys.argv) > 2 else 50007)

class Upper(socketserver.BaseRequestHandler):
    def handle(self):                         # in a thread of its own
        while True:
            data = self.request.recv(1024)
            if not data: break
            print('received', repr(data))
            self.request.sendall(data.upper())

class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):   # as ThreadingTCPServer
    allow_reuse_address = True
    daemon_threads = True

with Server((HOST, PORT), Upper) as server:
    server.serve_forever()
