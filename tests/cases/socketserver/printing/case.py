# How servers and classes print, and what is no number of seconds.
import socketserver


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        pass


with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
    print(str(server)[:36])
    print(socketserver.TCPServer)
    try:
        server.serve_forever("soon")
    except TypeError as e:
        print(type(e).__name__, repr("wait_readable" in str(e)))
    server.timeout = "soon"
    try:
        server.handle_request()
    except TypeError as e:
        print(type(e).__name__, repr("wait_readable" in str(e)))
    server.timeout = 0
    print(server.handle_request())
