# A descriptor that is ready all the time, for something else than the call is after: the deadline holds all the same.
import socket


def show(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, repr(getattr(e, "errno", None)), e, sep="\t")


# A stream that never was connected has hung up; its error queue stays empty.
s = socket.socket()
s.settimeout(0.02)
show(lambda: s.recv(10, socket.MSG_ERRQUEUE))
show(lambda: s.recvmsg(10, 0, socket.MSG_ERRQUEUE))
# The kernel does not wait for the error queue, whatever the mode.
s.settimeout(None)
show(lambda: s.recv(10, socket.MSG_ERRQUEUE))
s.close()

u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u.settimeout(0.02)
show(lambda: u.recv(10, socket.MSG_ERRQUEUE))
u.settimeout(None)
show(lambda: u.recv(10, socket.MSG_ERRQUEUE))
u.close()

# The end of a datagram socket that was shut down: only a blocking call is told.
a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
a.shutdown(socket.SHUT_RDWR)
show(lambda: a.recv(10))
a.settimeout(0.02)
show(lambda: a.recv(10))
