# What the steps of a sequence need under CPython. `v` holds the sequence's variables; each step prints one line.
import enum
import gc
import os
import socket
import sys
import types

gc.disable()
sys.stdout.reconfigure(errors="surrogateescape")
v = types.SimpleNamespace()
number = 0


def short(text):
    text = text.replace("\n", "\\n")
    size = len(text.encode("utf-8", "replace"))
    return text if size <= 300 else f"{text[:200]}...{size}"


def plain(value):
    """Numbers that have a name: as numbers, which is what scripts have."""
    if isinstance(value, enum.IntEnum | enum.IntFlag):
        return int(value)
    if type(value) is tuple:
        return tuple(plain(each) if isinstance(each, int) else each for each in value)
    return value


def close(fds):
    for fd in fds:
        os.close(fd)


def ints(data):
    return [int.from_bytes(data[i : i + 4], sys.byteorder) for i in range(0, len(data) - len(data) % 4, 4)]


def control(one):
    """One control message; descriptors are closed and only counted."""
    level, kind, data = one
    if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
        close(ints(data))
        return f"({level}, {kind}, {len(data)} bytes of descriptors)"
    return repr(one)


def show(value, form):
    if form == "raw":
        return str(value) if isinstance(value, str) else repr(value)
    if form == "fd" and isinstance(value, int) and value >= 0:
        return "a descriptor"
    if form == "size" and isinstance(value, bytes):
        return f"{len(value)} bytes"
    if form == "made":
        return "a socket" if isinstance(value, socket.socket) else "a pair"
    if form == "message":
        first, messages, flags, address = value
        messages = ", ".join(control(one) for one in messages)
        return f"({first!r}, [{messages}], {int(flags)}, {address!r})"
    if form == "fds":
        data, fds, flags, address = value
        close(fds)
        return f"({data!r}, {len(fds)} descriptors, {int(flags)}, {address!r})"
    return repr(plain(value))


def step(place, outs, needs, run, form=""):
    if any(getattr(v, name, None) is None for name in needs):
        print(number, place, "-")
        return
    try:
        value = run()
        if len(outs) == 1:
            setattr(v, outs[0], value)
        if len(outs) > 1:
            for name, each in zip(outs, value):
                setattr(v, name, each)
        print(number, place, "=", short(show(value, form)))
    except Exception as e:
        print(number, place, "!", type(e).__name__, getattr(e, "errno", None), short(str(e)))


def sequence(n, timeout, steps):
    global number
    number = n
    v.__dict__.clear()
    socket.setdefaulttimeout(timeout)
    steps()
    socket.setdefaulttimeout(None)
    for value in v.__dict__.values():
        if isinstance(value, socket.socket):
            try:
                value.close()
            except OSError:
                pass
    print(number, "end")


def fill(text, count):
    return text * count


def view(array, first, last):
    return memoryview(array)[first:last]


def rights(*fds):
    return b"".join(fd.to_bytes(4, sys.byteorder, signed=True) for fd in fds)


def port(address):
    return address[1]


def named(name, value):
    """The name without its number, as scripts get it."""
    name, _, number = repr(getattr(socket, name)(value))[1:-1].rpartition(": ")
    return name if "." in name else f"{name}({number})"
