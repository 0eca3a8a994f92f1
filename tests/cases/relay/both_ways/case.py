# A relay between two streams: both ways, the end of one passed on to the other. Python has none: a plain one, spelt out.
import socket
import threading


def relay(a, b, tap=None):
    moved = [0, 0]

    def copy(way, side, source, target):
        while data := source.recv(65536):
            if tap:
                tap(side, data)
            target.sendall(data)
            moved[way] += len(data)
        target.shutdown(socket.SHUT_WR)

    other = threading.Thread(target=copy, args=(1, "b", b, a))
    other.start()
    copy(0, "a", a, b)
    other.join()
    return tuple(moved)


def talk(client, server):
    client.sendall(b"a question")
    print("server", server.recv(100))
    server.sendall(b"an answer")
    print("client", client.recv(100))
    client.shutdown(socket.SHUT_WR)
    print("server", server.recv(100))
    server.sendall(b"more after the end")
    print("client", client.recv(100))
    server.close()
    print("client", client.recv(100))


for tapped in (False, True):
    client, a = socket.socketpair()
    b, server = socket.socketpair()
    seen = {"a": b"", "b": b""}

    def tap(side, data):
        seen[side] += data

    talking = threading.Thread(target=talk, args=(client, server))
    talking.start()
    if tapped:
        moved = relay(a, b, tap=tap)
    else:
        moved = relay(a, b)
    talking.join()
    print("moved", moved)
    print(seen["a"], seen["b"])
    for s in (client, a, b):
        s.close()
