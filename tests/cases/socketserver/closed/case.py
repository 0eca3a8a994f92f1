# A server that is closed, and one that is nothing but a loop: what waits for their requests says what is wrong.
import socketserver


class H(socketserver.BaseRequestHandler):
    pass


def told(f):
    try:
        f()
    except Exception as e:
        print(type(e).__name__, str(e).split(" at 0x")[0])


server = socketserver.TCPServer(("127.0.0.1", 0), H)
server.server_close()
told(server.handle_request)
told(server.serve_forever)
base = socketserver.BaseServer(("127.0.0.1", 0), H)
told(base.handle_request)
told(base.serve_forever)
print(repr(server).split(" at 0x")[0])
print(repr([base]).split(" at 0x")[0])
