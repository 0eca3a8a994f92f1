# The servers' hooks and attributes, as CPython's test_socketserver and its documentation have them.
import socket
import socketserver
import threading
import time

ADDRESS = ("127.0.0.1", 0)


class Nothing(socketserver.BaseRequestHandler):
    def handle(self):
        print("handled")


def ask(server):
    c = socket.create_connection(server.server_address[:2])
    server.handle_request()
    end = c.recv(1)
    c.close()
    return end


# What there is.
for name in ("BaseServer", "TCPServer", "UDPServer", "UnixStreamServer", "UnixDatagramServer", "ThreadingMixIn",
             "ThreadingTCPServer", "ThreadingUDPServer", "ThreadingUnixStreamServer", "ThreadingUnixDatagramServer",
             "ForkingMixIn", "ForkingTCPServer", "ForkingUDPServer", "BaseRequestHandler", "StreamRequestHandler",
             "DatagramRequestHandler"):
    print(name, hasattr(socketserver, name))
T, U = socketserver.TCPServer, socketserver.UDPServer
print(int(T.address_family), int(T.socket_type), T.request_queue_size, T.allow_reuse_address, T.allow_reuse_port, T.timeout)
print(int(U.socket_type), U.max_packet_size, U.allow_reuse_address)
M, F = socketserver.ThreadingMixIn, socketserver.ForkingMixIn
print(M.daemon_threads, M.block_on_close, F.timeout, F.max_children, F.active_children, F.block_on_close)
S = socketserver.StreamRequestHandler
print(S.rbufsize, S.wbufsize, S.timeout, S.disable_nagle_algorithm)


# A request that is not verified is shut down and not handled.
class Refuses(socketserver.TCPServer):
    shut = 0

    def verify_request(self, request, client_address):
        print("verify", client_address[0])
        return False

    def shutdown_request(self, request):
        self.shut += 1
        super().shutdown_request(request)


with Refuses(ADDRESS, Nothing) as server:
    print(ask(server), server.shut)


# The order in which a request's hooks are called.
class Told(socketserver.TCPServer):
    def get_request(self):
        print("get_request")
        return super().get_request()

    def verify_request(self, request, client_address):
        print("verify_request")
        return super().verify_request(request, client_address)

    def process_request(self, request, client_address):
        print("process_request")
        super().process_request(request, client_address)

    def finish_request(self, request, client_address):
        print("finish_request")
        super().finish_request(request, client_address)

    def shutdown_request(self, request):
        print("shutdown_request")
        super().shutdown_request(request)

    def close_request(self, request):
        print("close_request")
        super().close_request(request)

    def server_bind(self):
        print("server_bind")
        super().server_bind()

    def server_activate(self):
        print("server_activate")
        super().server_activate()

    def server_close(self):
        print("server_close")
        super().server_close()


with Told(ADDRESS, Nothing) as server:
    print(ask(server))


# A request that cannot be had is no failure.
class Fails(socketserver.TCPServer):
    def get_request(self):
        super().get_request()[0].close()
        raise OSError("none")


with Fails(ADDRESS, Nothing) as server:
    print(ask(server))


# handle_request() waits for the shorter of two times, then calls handle_timeout().
class Late(socketserver.TCPServer):
    timeout = 30

    def handle_timeout(self):
        print("timeout", time.monotonic() - self.began >= 0.02)


for own, of_socket in ((0.02, None), (None, 0.02), (0.02, 30), (30, 0.02)):
    with Late(ADDRESS, Nothing) as server:
        server.timeout = own
        server.socket.settimeout(of_socket)
        server.began = time.monotonic()
        server.handle_request()


# service_actions() is called at each turn of the loop, whether a request has come or not.
class Serves(socketserver.TCPServer):
    turns = 0

    def service_actions(self):
        self.turns += 1
        if self.turns == 3:
            threading.Thread(target=self.shutdown).start()


with Serves(ADDRESS, Nothing) as server:
    server.serve_forever(poll_interval=0.01)
    print(server.turns >= 3)


# The options of the listening socket.
class Reuses(socketserver.TCPServer):
    allow_reuse_address = True
    allow_reuse_port = True


with Reuses(ADDRESS, Nothing) as server, Reuses(server.server_address, Nothing) as other:
    for option in (socket.SO_REUSEADDR, socket.SO_REUSEPORT, socket.SO_ACCEPTCONN):
        print(server.socket.getsockopt(socket.SOL_SOCKET, option))
    print(other.server_address == server.server_address)


class Six(socketserver.TCPServer):
    address_family = socket.AF_INET6


with Six(("::1", 0), Nothing) as server:
    print(server.server_address[0], len(server.server_address), ask(server))


# The threads of requests that have ended are not kept.
class Threading(socketserver.ThreadingMixIn, socketserver.TCPServer):
    pass


class Silent(socketserver.BaseRequestHandler):
    pass


with Threading(ADDRESS, Silent) as server:
    for i in range(10):
        ask(server)
    threads = server._threads
    print((threads if isinstance(threads, int) else len(threads)) < 10)


# server_close() waits for the requests that are handled, unless it is told not to.
class Slow(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.recv(1)
        print("slow")


for blocks in (True, False):
    server = Threading(ADDRESS, Slow)
    server.block_on_close = blocks
    c = socket.create_connection(server.server_address)
    server.handle_request()
    if blocks:
        t = threading.Timer(0.05, c.sendall, [b"x"])
        t.start()
    server.server_close()
    print("closed")
    if not blocks:
        c.sendall(b"x")
    c.recv(1)
    c.close()


# A server may have its own idea of what to wait for: a descriptor that stands for it.
a, b = socket.socketpair()


class Other(socketserver.BaseServer):
    def fileno(self):
        return a.fileno()

    def get_request(self):
        return a.recv(100), "nobody"

    def handle_timeout(self):
        print("nothing came")


def show(request, client_address, server):
    print(request, client_address)


server = Other("nowhere", show)
server.socket = a
server.timeout = 0.01
server.handle_request()
b.send(b"a request")
server.handle_request()
print(server.server_address)


class Behind(socketserver.TCPServer):
    def fileno(self):
        return a.fileno()

    def get_request(self):
        return a.recv(100), "behind"

    def shutdown_request(self, request):
        pass


with Behind(ADDRESS, show) as server:
    b.send(b"another")
    server.handle_request()
a.close()
b.close()
