#!/usr/bin/env python3
"""Prints what CPython's socket module holds, for tests/support; run it with the version in the file's name.

    python3.11 scripts/names.py       > tests/support/cpython311_socket.tsv        name <TAB> value
    python3.11 scripts/names.py enums > tests/support/cpython311_socket_enums.tsv  class <TAB> number <TAB> repr
"""

import socket
import sys

ENUMS = [socket.AddressFamily, socket.SocketKind, socket.MsgFlag, socket.AddressInfo]
# Beside the members: nothing, two bits, bits without a name alone and in company, more than 32 bits, negatives.
FLAGS = [0, 3, 1 << 9, 1 << 25, 1 | 1 << 28, 2 | 1 << 31, 1 << 40 | 1 << 5, 0x7FFFFFFF, -1, -2, -33, -2048, -2049, -(1 << 31), -(1 << 40) - 7]


def constants():
    for name in sorted(dir(socket)):
        value = getattr(socket, name)
        if (name[0].isupper() or name == "has_ipv6") and isinstance(value, (bool, int, str)):
            yield name, value if isinstance(value, (bool, str)) else int(value)


def enums():
    for enum in ENUMS:
        numbers = [int(member) for member in enum]
        for number in numbers + (FLAGS if enum in (socket.MsgFlag, socket.AddressInfo) else []):
            member = enum(number)
            yield enum.__name__, number, repr(member)
            assert str(member) == str(int(member))


for row in enums() if sys.argv[1:] == ["enums"] else constants():
    print(*row, sep="\t")
