# A thread that calls sys.exit ends itself and nothing else; its join is told of no failure.
import sys
import threading

order = []


def leave():
    order.append(1)
    sys.exit(3)


thread = threading.Thread(target=leave)
thread.start()
print(repr(thread.join()))
print(repr(thread.join()))
print(repr(order))

try:
    sys.exit(4)
except SystemExit as error:
    print(type(error).__name__, error)

inner = threading.Thread(target=lambda: sys.exit("unseen"))
sys.stderr = open("told", "w")
inner.start()
print(repr(inner.join()))
print("goes on")
