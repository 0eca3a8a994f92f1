# A socket that is connected is not connected again, whoever else runs.
import socket, threading, time

t = threading.Thread(target=time.sleep, args=(0.3,))
t.start()
listener = socket.create_server(("127.0.0.1", 0))
c = socket.socket()
c.connect(listener.getsockname())
for i in range(2):
    try:
        c.connect(listener.getsockname())
        print("connected")
    except OSError as e:
        print(e.errno, e.strerror)
print(c.connect_ex(listener.getsockname()))
t.join()
c.close()
listener.close()
