# What an error carries: class, number, texts.
import errno
import socket
import traceback


def show(f):
    try:
        f()
        print("no error")
    except OSError as e:
        print(type(e).__name__, e.errno, errno.errorcode[e.errno], sep="\t")
        print(e.strerror)
        print(e)
        print(repr(e.args))
        print(len(e.args), e.args[0], e.args[1], sep="\t")
        print(traceback.format_exception_only(e)[-1].strip())


for e in (ValueError(), ValueError("one"), OSError("text"), KeyError("a", 2)):
    print(repr(e.args))

with socket.socket() as deaf, socket.socket() as s:
    deaf.bind(("127.0.0.1", 0))
    show(lambda: s.connect(deaf.getsockname()))
    show(lambda: deaf.getpeername())
    show(lambda: s.bind(deaf.getsockname()))
