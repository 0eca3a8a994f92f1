# What errors are made with, and what they say then.
import socket


def show(e):
    print(type(e).__name__ + " | " + str(e) + " | " + repr(e.args) + " | " + repr(getattr(e, "errno", None)))


show(OSError())
show(OSError(98))
show(OSError("text"))
show(OSError(98, "in use"))
show(OSError(2, "no such file", "name"))
show(OSError(2, "no such file", "name", None, "other"))
show(OSError(9999, "unknown"))
show(OSError(11, "again"))
show(BlockingIOError(11, "again", 5))
show(ConnectionResetError(98, "keeps its class"))
show(PermissionError("no number"))
show(socket.gaierror(-2, "unknown name"))
show(socket.herror(1, "unknown host"))
show(TimeoutError("timed out"))
show(ValueError())
show(ValueError("one"))
show(ValueError("two", 2))
show(ValueError(3))
show(ValueError(None))
show(ValueError(True, 1.5))
show(KeyError("key"))
show(KeyError("key", 2))
show(StopIteration(5))
show(UnicodeEncodeError("ascii", "a\u00ff", 1, 2, "not in range"))
show(UnicodeEncodeError("ascii", "ab", 0, 2, "not in range"))
for arguments in (("x",), ()):
    try:
        UnicodeDecodeError(*arguments)
    except TypeError as e:
        print(e)
print(repr(OSError(98, "in use")), repr(ValueError("one")), repr(ValueError("two", 2)), repr(ValueError()))
