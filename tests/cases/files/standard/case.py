# The program's own streams: how they print, in which order things come out, input at the end of the input.
import sys

print(sys.stdin, sys.stdout, sys.stderr)
print(sys.stdin.mode, sys.stdout.mode, sys.stdin.encoding, sys.stdin.fileno(), sys.stdout.fileno(), sys.stderr.fileno())
print(sys.stdout.writable(), sys.stdout.readable(), sys.stdin.readable(), sys.stdout.isatty())
print("one")
print(sys.stdout.write("two\n"))
sys.stdout.writelines(["three ", "four\n"])
print("five")
sys.stdout.flush()
sys.stdout.buffer.write(b"six\n")
sys.stdout.buffer.flush()
print(len(sys.stdin.read()), len(sys.stdin.readline()), sys.stdin.buffer.read())
try:
    input("question? ")
except EOFError as e:
    print(type(e).__name__, e)
try:
    sys.stdin.write("x")
except OSError as e:
    print(type(e).__name__, e)
for call in [sys.stdout.read, sys.stdout.readline]:
    try:
        call()
    except OSError as e:
        print(type(e).__name__, e)
print(sys.stderr.write(""), sys.stdin is sys.stdin)
