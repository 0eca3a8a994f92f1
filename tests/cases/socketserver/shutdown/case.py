# The beginnings and ends of servers, as CPython's test_socketserver has them.
import socket
import socketserver
import threading

ADDRESS = ("127.0.0.1", 0)
Handler = socketserver.StreamRequestHandler


# shutdown() succeeds whenever it is called: also before serve_forever() has begun.
servers = []
for i in range(20):
    s = socketserver.TCPServer(ADDRESS, Handler)
    servers.append((threading.Thread(target=s.serve_forever, kwargs={"poll_interval": 0.01}), s))
for t, s in servers:
    t.start()
    s.shutdown()
for t, s in servers:
    t.join()
    s.server_close()
print("shut down", len(servers))

# shutdown() of one that does not serve any more returns at once, and is for the next serve_forever(). Then it serves again.
s = socketserver.TCPServer(ADDRESS, Handler)
t = threading.Thread(target=s.serve_forever, kwargs={"poll_interval": 0.01})
t.start()
s.shutdown()
t.join()
s.shutdown()
s.serve_forever()
print("at once")
t = threading.Thread(target=s.serve_forever, kwargs={"poll_interval": 0.01})
t.start()
c = socket.create_connection(s.server_address)
c.shutdown(socket.SHUT_WR)
print(c.recv(1))
c.close()
s.shutdown()
t.join()
s.server_close()


# Closed at once.
class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    pass


server = Server(ADDRESS, lambda: None)
server.server_close()
server.server_close()
print(server.fileno())


# A server whose bind fails leaves no socket behind.
def next_number():
    with socket.socket() as s:
        return s.fileno()


before = next_number()
for i in range(50):
    try:
        socketserver.TCPServer(("127.0.0.1", -1), Handler)
    except OverflowError as e:
        error = e
print(type(error).__name__, error, next_number() == before)

# with
with socketserver.TCPServer(ADDRESS, Handler) as server:
    print(server.fileno() >= 0)
print(server.socket.fileno())

# Without bind_and_activate the rest can be done by hand.
server = socketserver.TCPServer(ADDRESS, Handler, bind_and_activate=False)
print(server.server_address, server.socket.getsockname())
server.server_bind()
server.server_activate()
print(server.server_address == server.socket.getsockname(), server.server_address[1] > 0)
server.server_close()
