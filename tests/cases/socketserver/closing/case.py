import socket, socketserver, threading, time


class Slow(socketserver.BaseRequestHandler):
    def handle(self):
        time.sleep(0.1)
        print("handled")


# Whoever closes the server waits for the requests that are handled, several at once too.
server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Slow)
serving = threading.Thread(target=server.serve_forever)
serving.start()
client = socket.create_connection(server.server_address)
time.sleep(0.02)
server.shutdown()
serving.join()
closers = [threading.Thread(target=server.server_close) for i in range(2)]
for closer in closers:
    closer.start()
for closer in closers:
    closer.join()
print("closed", repr(client.recv(1)))
client.close()


# Several may end it.
server = socketserver.TCPServer(("127.0.0.1", 0), Slow)
serving = threading.Thread(target=server.serve_forever)
serving.start()
enders = [threading.Thread(target=server.shutdown) for i in range(2)]
for ender in enders:
    ender.start()
for ender in enders + [serving]:
    ender.join()
server.shutdown()
serving = threading.Thread(target=server.serve_forever)
serving.start()
server.shutdown()
serving.join()
server.server_close()
print("ended twice")


# A datagram's handler takes bytes of any kind, as they are then.
class Answer(socketserver.DatagramRequestHandler):
    def handle(self):
        data = bytearray(self.rfile.read())
        self.wfile.write(data)
        data[0] = 88
        self.wfile.write(b"!")
        try:
            self.wfile.write(5)
        except TypeError as e:
            print("TypeError")


server = socketserver.UDPServer(("127.0.0.1", 0), Answer)
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.sendto(b"hey", server.server_address)
server.handle_request()
print(client.recv(100))
client.close()
server.server_close()
