# A script makes errors of its own; OSError picks its class by the number.
import socket


def show(e):
    try:
        raise e
    except Exception as caught:
        print(type(caught).__name__, repr(getattr(caught, "errno", None)), caught, sep="\t")
        print(repr(caught is e), repr(isinstance(caught, OSError)))


show(OSError(98, "Address already in use"))
show(OSError(111, "Connection refused"))
show(OSError(32, "my own text"))
show(OSError("only a text"))
show(ConnectionResetError(104, "Connection reset by peer"))
show(ValueError("not that one"))
show(TimeoutError("timed out"))
show(socket.timeout("too late"))
show(socket.gaierror(-2, "Name or service not known"))
