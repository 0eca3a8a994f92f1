# What handlers raise: handle_error() gets it, except the end of the program, as CPython's test_socketserver has it.
import socket
import socketserver
import sys
import threading


class BadHandler(socketserver.BaseRequestHandler):
    def handle(self):
        with open("log", "a") as log:
            log.write("handled\n")
        raise self.server.exception("Test error")

    def finish(self):
        with open("log", "a") as log:
            log.write("finished\n")


class Sync(socketserver.TCPServer):
    def __init__(self, exception):
        self.exception = exception
        self.done = threading.Event()
        super().__init__(("127.0.0.1", 0), BadHandler)

    def handle_error(self, request, client_address):
        e = sys.exc_info()[1]
        with open("log", "a") as log:
            log.write(f"told of {type(e).__name__}: {e}, a client of {client_address[0]}\n")

    def shutdown_request(self, request):
        super().shutdown_request(request)
        self.done.set()


class Threading(socketserver.ThreadingMixIn, Sync):
    pass


class Forking(socketserver.ForkingMixIn, Sync):
    pass


threading.excepthook = lambda args: None
for name, server_class in (("sync", Sync), ("threading", Threading), ("forking", Forking)):
    for exception in (ValueError, SystemExit):
        open("log", "w").close()
        server = server_class(exception)
        c = socket.create_connection(server.server_address)
        try:
            server.handle_request()
            outcome = "went on"
        except BaseException as e:
            outcome = type(e).__name__
        if name != "forking":
            server.done.wait()
        end = c.recv(1)
        c.close()
        server.server_close()
        with open("log") as log:
            print(name, exception.__name__, outcome, end, log.read().splitlines())


# An override may still do what the base does.
class Both(socketserver.TCPServer):
    def handle_error(self, request, client_address):
        print("mine", client_address[0])
        super().handle_error(request, client_address)


class Stderr:
    text = ""

    def write(self, text):
        self.text += text


sys.stderr, before = Stderr(), sys.stderr
Both.exception = ValueError
with Both(("127.0.0.1", 0), BadHandler) as server:
    c = socket.create_connection(server.server_address)
    server.handle_request()
    c.close()
sys.stderr = before

# A server needs an address and a handler, a handler its request.
for arguments in ((), (("127.0.0.1", 0),)):
    try:
        socketserver.TCPServer(*arguments)
    except TypeError as e:
        print(type(e).__name__, "server_address" in str(e), "RequestHandlerClass" in str(e))

# What handle_error() raises goes on, and the connection is closed all the same.
class Raises(socketserver.TCPServer):
    exception = ValueError

    def handle_error(self, request, client_address):
        raise KeyError("from handle_error")


class ThreadingRaises(socketserver.ThreadingMixIn, Raises):
    def process_request_thread(self, request, client_address):
        try:
            super().process_request_thread(request, client_address)
        except Exception as e:
            print("in its thread", type(e).__name__)


for Server in (Raises, ThreadingRaises):
    with Server(("127.0.0.1", 0), BadHandler) as server:
        with socket.create_connection(server.server_address) as c:
            try:
                server.handle_request()
            except Exception as e:
                print(type(e).__name__)
            c.settimeout(10)
            last = c.recv(1)
            server.server_close()
            print(last)
