# What a SystemExit was made with, and the two files of an error.
import sys

for e in [SystemExit(3), SystemExit(), SystemExit("bye"), SystemExit(1, 2)]:
    print(repr(e.code))
try:
    sys.exit(4)
except SystemExit as e:
    print(repr(e.code), repr(e.args))
try:
    sys.exit()
except SystemExit as e:
    print(repr(e.code))
e = OSError(2, "gone", "a", None, "b")
print(e, e.filename, e.filename2)
e = OSError(2, "gone", "a")
print(e, e.filename, repr(e.filename2))
print(repr(OSError("only a text").filename2))
