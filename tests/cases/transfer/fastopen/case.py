# A send that opens the connection, on a blocking socket, while something else runs.
import socket
import threading

server = socket.create_server(("127.0.0.1", 0))
got = []


def serve():
    connection, _ = server.accept()
    with connection:
        while data := connection.recv(100):
            got.append(data)


for by_message in [False, True]:
    other = threading.Thread(target=serve)
    other.start()
    with socket.socket() as s:
        if by_message:
            print(s.sendmsg([b"hel", b"lo"], [], socket.MSG_FASTOPEN, server.getsockname()))
        else:
            print(s.sendto(b"hello", socket.MSG_FASTOPEN, server.getsockname()))
    other.join()
print(repr(b"".join(got)))
server.close()
