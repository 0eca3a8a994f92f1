import queue
import socket
import threading

# Python's threads share everything; a daemon thread ends with the program.
def serve(port, ready, listener):
    listener = listener or socket.create_server(('127.0.0.1', port), reuse_port=True)
    ready.put(True)
    while True:
        conn, addr = listener.accept()
        data = conn.recv(1024)
        conn.sendall(data.upper())
        conn.close()

def ask(port, text):
    s = socket.create_connection(('127.0.0.1', port))
    s.sendall(text)
    print(s.recv(1024).decode())
    s.close()

for how in ['passed', 'reused']:
    main = socket.create_server(('127.0.0.1', 0), reuse_port=how == 'reused')
    port, ready, workers = main.getsockname()[1], queue.Queue(), []
    for i in range(2):
        workers.append(threading.Thread(
            target=serve, args=(port, ready, main.dup() if how == 'passed' else None), daemon=True))
        workers[i].start()
        ready.get()
    main.close()
    for i in range(1, 5):
        ask(port, f'{how} {i}'.encode())
