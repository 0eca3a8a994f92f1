# A hook that raises stops what was about to be done; its error reaches the caller, and later hooks are not asked.
import socket
import sys

refused = set()
asked = []


def first(event, args):
    if event in refused:
        raise PermissionError(13, "no " + event)


def second(event, args):
    if event in ("socket.bind", "socket.sendto"):
        asked.append(event)


sys.addaudithook(first)
sys.addaudithook(second)

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
refused.add("socket.bind")
try:
    s.bind(("127.0.0.1", 0))
except OSError as e:
    print(type(e).__name__, e.errno, e.strerror)
print(s.getsockname())
refused.clear()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1] > 0)
print(asked)

refused.add("socket.__new__")
try:
    socket.socket()
except PermissionError as e:
    print(e)
try:
    s.dup()
except PermissionError as e:
    print(e)
refused.clear()
refused.add("socket.getaddrinfo")
try:
    socket.create_connection(("127.0.0.1", 1))
except PermissionError as e:
    print(e)
refused.clear()


def text(event, args):
    if event == "socket.sendto":
        raise ValueError("only " + args[1][0])


sys.addaudithook(text)
try:
    s.sendto(b"x", ("127.0.0.1", 9))
except ValueError as e:
    print(type(e).__name__, e)
print(asked)
s.close()
