# A descriptor that is no socket, or none at all.
import socket


def show(f):
    try:
        f()
        print("no error")
    except Exception as e:
        print(type(e).__name__, repr(getattr(e, "errno", None)), sep="\t")


show(lambda: socket.socket(fileno=12345))
show(lambda: socket.socket(fileno=-5))
show(lambda: socket.socket(fileno=0))
show(lambda: socket.socket(fileno="3"))
show(lambda: socket.dup(12345))
show(lambda: socket.close(12345))
show(lambda: socket.fromfd(12345, socket.AF_INET, socket.SOCK_STREAM))
