# create_connection raises the last error it met.
import socket


def show(f):
    try:
        f()
        print("no error")
    except Exception as e:
        print(type(e).__name__, repr(getattr(e, "errno", None)), e, sep="\t")


# Bound but not listening: nobody else can have the port, nobody answers.
with socket.socket() as deaf:
    deaf.bind(("127.0.0.1", 0))
    address = deaf.getsockname()
    show(lambda: socket.create_connection(address))
    show(lambda: socket.create_connection(address, timeout=5))
    show(lambda: socket.create_connection(address, 5, ("192.0.2.1", 0)))
