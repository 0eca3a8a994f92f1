# What errors that operations raise have in `args`.
import select
import selectors
import sys


def show(f, *arguments):
    try:
        f(*arguments)
    except BaseException as e:
        print(repr(e.args), repr(e), repr(str(e)))


show(sys.exit)
show(sys.exit, None)
show(sys.exit, 5)
show(sys.exit, True)
show(sys.exit, "last words")
show(bytes.decode, b"\xff", "utf-8")
show(bytes.decode, b"ab\xc3(", "utf-8")
show(bytes.decode, b"a\x80\x81", "ascii")
show(str.encode, "\xe9t\xe9", "ascii")
show(str.encode, "h\u20ac", "latin-1")
show(select.poll().unregister, 7)
show(selectors.SelectSelector().unregister, 7)
e = OSError(1, "x", "f")
print(repr(e.filename), repr(e.args))
e = OSError(2, "x", "f", None, "g")
print(repr(e.filename), repr(e.args))
print(repr(OSError(2, "x").filename))
