# Every server of CPython's own test_socketserver, asked three times.
import socket
import socketserver
import threading


class ForkingUnixStreamServer(socketserver.ForkingMixIn, socketserver.UnixStreamServer):
    pass


class ForkingUnixDatagramServer(socketserver.ForkingMixIn, socketserver.UnixDatagramServer):
    pass


def ask_stream(family, address):
    with socket.socket(family, socket.SOCK_STREAM) as s:
        s.connect(address)
        s.sendall(b"hello world\n")
        with s.makefile("rb") as f:
            return f.readline()


def ask_datagram(family, address):
    with socket.socket(family, socket.SOCK_DGRAM) as s:
        if family == socket.AF_UNIX:
            s.bind("")
        s.sendto(b"hello world\n", address)
        return s.recv(100)


def run(name, base, handler, ask):
    class Server(base):
        def handle_error(self, request, client_address):
            self.close_request(request)
            raise

    class Handler(handler):
        def handle(self):
            line = self.rfile.readline()
            self.wfile.write(line)

    family = base.address_family
    server = Server(("127.0.0.1", 0) if family == socket.AF_INET else name, Handler)
    address = server.server_address
    print(name, address == server.socket.getsockname(), server.fileno() == server.socket.fileno())
    t = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    t.start()
    for i in range(3):
        print(ask(family, address))
    server.shutdown()
    t.join()
    server.server_close()
    print(server.socket.fileno(), not isinstance(server, socketserver.ForkingMixIn) or len(server.active_children))


stream, datagram = socketserver.StreamRequestHandler, socketserver.DatagramRequestHandler
run("TCPServer", socketserver.TCPServer, stream, ask_stream)
run("ThreadingTCPServer", socketserver.ThreadingTCPServer, stream, ask_stream)
run("ForkingTCPServer", socketserver.ForkingTCPServer, stream, ask_stream)
run("UnixStreamServer", socketserver.UnixStreamServer, stream, ask_stream)
run("ThreadingUnixStreamServer", socketserver.ThreadingUnixStreamServer, stream, ask_stream)
run("ForkingUnixStreamServer", ForkingUnixStreamServer, stream, ask_stream)
run("UDPServer", socketserver.UDPServer, datagram, ask_datagram)
run("ThreadingUDPServer", socketserver.ThreadingUDPServer, datagram, ask_datagram)
run("ForkingUDPServer", socketserver.ForkingUDPServer, datagram, ask_datagram)
run("UnixDatagramServer", socketserver.UnixDatagramServer, datagram, ask_datagram)
run("ThreadingUnixDatagramServer", socketserver.ThreadingUnixDatagramServer, datagram, ask_datagram)
run("ForkingUnixDatagramServer", ForkingUnixDatagramServer, datagram, ask_datagram)
