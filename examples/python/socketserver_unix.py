import socketserver
import sys

NAME = sys.argv[1] if len(sys.argv) > 1 else 'upper'

class Upper(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            print('received', repr(line))
            self.wfile.write(line.upper())

with socketserver.UnixStreamServer('\0' + NAME, Upper) as server:   # an abstract name: no file is made
    server.serve_forever()
