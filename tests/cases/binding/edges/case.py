# What is nearly right: too many parts, numbers no integer holds, buffers of numbers, errors made of anything.
import fcntl
import json
import selectors
import socket
import termios
from array import array


def refused(f, *args):
    try:
        print("fine", repr(f(*args)))
    except Exception as e:
        print(type(e).__name__, e)


def kind(f, *args):
    try:
        print("fine", repr(f(*args)))
    except Exception as e:
        print(type(e).__name__)


refused(socket.create_connection, ("127.0.0.1", 1, 2))
refused(socket.create_connection, ("127.0.0.1",))
refused(socket.create_connection, ())

a, b = socket.socketpair()
kind(a.recv, 2**64)
kind(socket.ntohs, 2**70)
kind(a.setsockopt, 1, 2, "abcd")

selector = selectors.DefaultSelector()
refused(selector.get_key, -5)
refused(selector.unregister, -5)
selector.close()
print(repr(selectors.SelectorKey(0, 0, 1, None)))

numbers = array("i", [1])
with open("numbers", "wb") as f:
    print(repr(f.write(numbers)))
    f.writelines([numbers, numbers])
print(repr(len(open("numbers", "rb").read())))
f = a.makefile("wb")
f.write(numbers)
f.flush()
unread = array("i", [0])
print(repr(fcntl.ioctl(b, termios.FIONREAD, unread, True)), repr(unread))
print(repr(len(b.recv(100))))

e = OSError("a", "b")
print(repr(e.errno), repr(e.strerror), e)
e = json.JSONDecodeError("m", "a\nb", 2)
print(e)
