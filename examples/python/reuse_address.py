import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else '127.0.0.1'
PORT = int(sys.argv[2] if len(sys.argv) > 2 else 50007)

# A previous execution: it closes its connection first, which leaves the port in TIME_WAIT.
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind((HOST, PORT))
s.listen(1)
client = socket.create_connection((HOST, PORT))
conn, addr = s.accept()
conn.close()
client.close()
s.close()

# Running again with too small a delay.
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
try:
    s.bind((HOST, PORT))
except OSError as e:
    print(type(e).__name__ + ': ' + str(e))
s.close()

# The same with the flag set.
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind((HOST, PORT))
print('bound again, SO_REUSEADDR is', s.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR))
s.close()
