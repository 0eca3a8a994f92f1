# Arguments that a server's and a handler's methods do not take, lack, or take by name; odd handlers; seconds below nothing.
import socket
import socketserver
import sys
import threading

ADDRESS = ("127.0.0.1", 0)


def attempt(name, f, *args, **keywords):
    try:
        f(*args, **keywords)
        print(name, "done")
    except Exception as e:
        print(name, type(e).__name__)


class Server(socketserver.TCPServer):
    def handle_error(self, request, client_address):
        e = sys.exc_info()[1]
        print("told of", type(e).__name__, "is not callable" in str(e))


class Handler(socketserver.BaseRequestHandler):
    pass


attempt("none", Server)
attempt("one", Server, ADDRESS)
attempt("four", Server, ADDRESS, Handler, True, 1)
attempt("unknown", Server, ADDRESS, Handler, bind=True)
attempt("twice", Server, ADDRESS, Handler, server_address=ADDRESS)
server = Server(ADDRESS, Handler, bind_and_activate=False)
server.server_close()
server = Server(server_address=ADDRESS, RequestHandlerClass=Handler)
for name in ["fileno", "handle_request", "shutdown", "server_close", "service_actions", "server_bind", "server_activate",
             "handle_timeout", "get_request"]:
    attempt(name, getattr(server, name), 1)
attempt("serve_forever", server.serve_forever, 0.1, 1)
attempt("serve_forever", server.serve_forever, interval=0.1)
attempt("verify_request", server.verify_request)
attempt("verify_request", server.verify_request, 1)
attempt("verify_request", server.verify_request, 1, 2)
attempt("verify_request", server.verify_request, 1, 2, 3)
attempt("process_request", server.process_request, 1, 2, 3)
attempt("finish_request", server.finish_request, 1)
attempt("shutdown_request", server.shutdown_request)
attempt("close_request", server.close_request, 1, 2)
attempt("handle_error", socketserver.TCPServer.handle_error, server)
for count in range(5):
    attempt("handler", Handler, *range(count))
attempt("setup", Handler(1, 2, 3).setup, 1)
attempt("mixin", socketserver.ThreadingMixIn, 1)
attempt("process_request", socketserver.ThreadingMixIn().process_request, 1)
attempt("collect_children", socketserver.ForkingMixIn().collect_children, blocking=True)
attempt("collect_children", socketserver.ForkingMixIn().collect_children, waiting=True)
attempt("collect_children", socketserver.ForkingMixIn().collect_children, True)

# No time at all.
server.timeout = -1
print(server.handle_request())
thread = threading.Thread(target=server.serve_forever, args=(-1,))
thread.start()
server.shutdown()
thread.join()
server.server_close()

# What cannot be called is told of when a request has come.
for odd in [None, 5, "x", False]:
    with Server(ADDRESS, odd) as server:
        with socket.create_connection(server.server_address) as c:
            server.handle_request()
            print(c.recv(1) == b"")
