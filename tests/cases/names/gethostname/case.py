# gethostname: some text, the same each time, as the kernel has it.
import socket

name = socket.gethostname()
print(repr(len(name) > 0), repr(name == socket.gethostname()))
with open("/proc/sys/kernel/hostname") as f:
    print(repr(f.read().strip() == name))
