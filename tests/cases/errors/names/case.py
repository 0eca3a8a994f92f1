# Names and texts as CPython has them.
import struct
import time


def show(f, *arguments):
    try:
        f(*arguments)
    except Exception as e:
        print(type(e).__name__, repr(e))


show(struct.pack, "i", b"x")
show(struct.unpack, "i", b"x")
show(time.sleep, -1)
show(time.sleep, -0.5)
print(struct.error.__name__)
