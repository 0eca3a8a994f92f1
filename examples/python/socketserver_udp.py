import socketserver
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else '127.0.0.1'
PORT = int(sys.argv[2] if len(sys.argv) > 2 else 50007)

class Upper(socketserver.DatagramRequestHandler):
    def handle(self):                         # called for each datagram
        data = self.rfile.read()              # rfile has what came
        print('received', repr(data), 'from', self.client_address)
        self.wfile.write(data.upper())        # wfile is sent when handle is done

with socketserver.UDPServer((HOST, PORT), Upper) as server:
    server.serve_forever()                    # until interrupted
