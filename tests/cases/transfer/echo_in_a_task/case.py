# A server that waits in another thread (a task, in a script).
import socket
import threading

server = socket.create_server(("127.0.0.1", 0))
seen = []


def serve():
    conn, addr = server.accept()
    with conn:
        while True:
            data = conn.recv(1024)
            if not data:
                break
            seen.append(data)
            conn.sendall(data.upper())


t = threading.Thread(target=serve)
t.start()
with socket.create_connection(server.getsockname()) as c:
    for word in (b"alpha", b"beta", b"gamma"):
        c.sendall(word)
        print(repr(c.recv(1024)))
t.join()
server.close()
print(len(seen), repr(seen[0]), repr(seen[2]), sep="\t")
