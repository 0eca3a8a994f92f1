# A socket has its attributes and no others, and they cannot be written.
import socket


def show(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, repr(isinstance(e, AttributeError)), sep="\t")


s = socket.socket()
show(lambda: int(s.family))
show(lambda: s.no_such_name)
show(lambda: s.no_such_method(1))
show(lambda: s.recvform(10))
show(lambda: s.getsocketname())
show(lambda: s.setsockeopt(1, 2, 3))
show(lambda: setattr(s, "family", 3))
show(lambda: setattr(s, "timeout", 3))
show(lambda: setattr(s, "no_such_name", 3))
s.close()
show(lambda: s.no_such_name)
