# Sizes of control messages.
import socket

for length in (0, 1, 4, 8, 1000, 2**31 - 25, 2**31 - 24, 2**31 - 17, 2**31 - 16, 2**32, -1):
    for function in (socket.CMSG_LEN, socket.CMSG_SPACE):
        try:
            print(length, function(length))
        except OverflowError as e:
            print(length, e)
