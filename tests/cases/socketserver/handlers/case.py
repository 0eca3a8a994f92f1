# The handlers' hooks and files, as CPython's test_socketserver and its documentation have them.
import socket
import socketserver
import threading

ADDRESS = ("127.0.0.1", 0)
BIG = 1 << 20


# What the client returns is printed when both are done.
def serve(handler, client, base=socketserver.TCPServer):
    got = []
    with base(ADDRESS, handler) as server:
        t = threading.Thread(target=lambda: got.extend(client(server.server_address)))
        t.start()
        server.handle_request()
        t.join()
    print(*got)


def silent(address):
    socket.create_connection(address).close()
    return ["silent"]


# setup, handle, finish, in this order; finish also after a failure in handle, not after one in setup.
class Order(socketserver.BaseRequestHandler):
    fails = ""

    def setup(self):
        print("setup", self.client_address[0], self.request.fileno() >= 0, self.server.fileno() >= 0)
        if self.fails == "setup":
            raise ValueError

    def handle(self):
        print("handle")
        if self.fails == "handle":
            raise ValueError

    def finish(self):
        print("finish")


class Quiet(socketserver.TCPServer):
    def handle_error(self, request, client_address):
        print("error")


for fails in ("", "handle", "setup"):
    Order.fails = fails
    serve(Order, silent, Quiet)


# wfile keeps nothing back, and writes all of what it is given.
class Writer(socketserver.StreamRequestHandler):
    def handle(self):
        print(self.wfile.fileno() == self.request.fileno(), self.wfile.writable(), self.wfile.readable())
        print(self.wfile.write(b"write data\n"))
        print(self.rfile.readline())
        print(self.wfile.write(bytes(BIG)))


def reader(address):
    with socket.create_connection(address) as s, s.makefile("rb") as f:
        line = f.readline()
        s.sendall(b"client response\n")
        return line, len(f.read(100)), len(f.read())


serve(Writer, reader)


# A file with a buffer is flushed at the end, by finish.
class Buffered(socketserver.StreamRequestHandler):
    wbufsize = -1
    timeout = 7.5
    disable_nagle_algorithm = True

    def handle(self):
        print(self.connection is self.request, self.connection.gettimeout(),
              self.connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0)
        self.wfile.write(b"late\n")
        self.request.sendall(b"early\n")

    def finish(self):
        print(self.wfile.closed, self.rfile.closed)
        super().finish()
        print(self.wfile.closed, self.rfile.closed)


def reads_all(address):
    with socket.create_connection(address) as s, s.makefile("rb") as f:
        return f.readline(), f.readline(), f.read()


serve(Buffered, reads_all)


# A request of a datagram server is the datagram and the server's socket; what is written to wfile goes in one datagram.
class Datagram(socketserver.DatagramRequestHandler):
    def handle(self):
        print(self.packet, self.socket is self.server.socket, self.request[0] == self.packet)
        print(self.rfile.read(2), self.rfile.readline(), self.rfile.read(), self.rfile.read())
        self.wfile.write(b"one,")
        self.wfile.write(b"two")


class Small(socketserver.UDPServer):
    max_packet_size = 8


def datagram(address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.sendto(b"first\nsecond", address)
        return [s.recv(100)]


serve(Datagram, datagram, socketserver.UDPServer)
serve(Datagram, datagram, Small)


# A function is a handler too: it is called with the same.
def plain(request, client_address, server):
    print(request.recv(100), client_address[0], server.fileno() >= 0)


def says(address):
    with socket.create_connection(address) as s:
        s.sendall(b"plain")
        return ["said"]


serve(plain, says)
