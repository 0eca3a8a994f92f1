# What sendmsg and recvmsg refuse.
import socket


def show(function, *arguments):
    try:
        function(*arguments)
        print("no error")
    except Exception as e:
        print(type(e).__name__)


a, b = socket.socketpair()
show(a.sendmsg, 5)
show(a.sendmsg, [5])
show(a.sendmsg, [b"x"], 5)
show(a.sendmsg, [b"x"], [(1,)])
show(a.sendmsg, [b"x"], [(1, 2, 3)])
show(a.sendmsg, [b"x"], [(2**40, 2, b"")])
show(a.sendmsg, [b"x"], [], "x")
show(a.sendmsg, [b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, b"\xff\xff\xff\x7f")])
show(a.recvmsg, -1)
show(a.recvmsg, 10, -1)
show(a.recvmsg, 10, 2**31)
show(a.recvmsg_into, 5)
show(a.recvmsg_into, [5])
a.setblocking(False)
show(a.recvmsg, 10)
a.close()
show(a.recvmsg, 10)
show(a.sendmsg, [b"x"])
show(b.sendmsg, [b"x"])
b.close()
