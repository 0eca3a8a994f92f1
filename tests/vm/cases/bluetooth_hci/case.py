# Bluetooth's controllers, on a virtual one that `setup` starts: bind, filter, a command and its answer.
import ctypes
import errno
import socket
import struct
import time

s = socket.socket(socket.AF_BLUETOOTH, socket.SOCK_RAW, socket.BTPROTO_HCI)
s.bind((0,))
print(repr(s.getsockname()))
# struct hci_filter: types of packet, events, one operation.
s.setsockopt(socket.SOL_HCI, socket.HCI_FILTER, struct.pack("=IQH2x", 1 << 4, 1 << 14, 0))
print(repr(s.getsockopt(socket.SOL_HCI, socket.HCI_FILTER, 16)))
s.setsockopt(socket.SOL_HCI, socket.HCI_TIME_STAMP, 1)
print(s.getsockopt(socket.SOL_HCI, socket.HCI_TIME_STAMP))
s.close()

# The controller for this socket alone: CPython 3.11 has no form for the channel.
s = socket.socket(socket.AF_BLUETOOTH, socket.SOCK_RAW, socket.BTPROTO_HCI)
s.settimeout(20)
name = struct.pack("=HHH", socket.AF_BLUETOOTH, 0, 1)
bind = ctypes.CDLL(None, use_errno=True).bind
while bind(s.fileno(), name, len(name)) == -1:
    assert ctypes.get_errno() == errno.EBUSY  # until the kernel has got to know it
    time.sleep(0.1)
print(s.getsockname())
print(s.send(b"\x01\x03\x0c\x00"))  # reset
print(repr(s.recv(260)))
print(s.send(b"\x01\x09\x10\x00"))  # read its address
print(repr(s.recv(260)[:13]))
s.close()

# The control channel, which has no controller: the version of its protocol.
s = socket.socket(socket.AF_BLUETOOTH, socket.SOCK_RAW, socket.BTPROTO_HCI)
s.settimeout(20)
name = struct.pack("=HHH", socket.AF_BLUETOOTH, 0xffff, 3)
bind(s.fileno(), name, len(name))
print(s.send(b"\x01\x00\xff\xff\x00\x00"))
answer = s.recv(100)
while answer[:2] != b"\x01\x00":  # events of others
    answer = s.recv(100)
print(repr(answer[:9]), answer[9])
