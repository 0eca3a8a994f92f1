# Lines of bytes: iteration, readline with a limit, readlines with a hint, what is left at the end.
import socket

TEXT = b"one\ntwo\r\n\n" + b"x" * 20000 + b"\nthe end"

def reader(*arguments):
    a, b = socket.socketpair()
    b.sendall(TEXT)
    b.close()
    return a.makefile("rb", *arguments)

for arguments in [(), (1,), (7,), (0,)]:
    print(*[len(line) for line in reader(*arguments)])
f = reader()
for limit in [2, 0, 5, -1, 100, 1, 19998, 1, 3, 10]:
    line = f.readline(limit)
    print(len(line), repr(line[:5]))
print(repr(f.readline()), repr(f.readline(3)))
print(*[len(line) for line in reader().readlines()])
for hint in [0, 1, 4, 5, 9, 10, 11, 30000]:
    print(*[len(line) for line in reader().readlines(hint)])
f = reader()
first = []
for line in f:
    first.append(repr(line))
    if len(first) == 2:
        break
print(*first)
print(repr(f.readline()))
print(len(f.read(5)), len(f.read()), repr(f.read()), repr(f.read(1)))
