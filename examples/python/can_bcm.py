import socket

try:
    s = socket.socket(socket.AF_CAN, socket.SOCK_DGRAM, socket.CAN_BCM)
    print('the broadcast manager is there')
    s.close()
except OSError as e:
    print(type(e).__name__, e)
