"""The echo server of the bench in CPython, with socketserver's threads. Prints its port."""
import socketserver


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        while data := self.request.recv(4096):
            self.request.sendall(data)


class Server(socketserver.ThreadingTCPServer):
    request_queue_size = 4096
    daemon_threads = True


with Server(("", 0), Echo) as server:
    print(server.server_address[1], flush=True)
    server.serve_forever()
