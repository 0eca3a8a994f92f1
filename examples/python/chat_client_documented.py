import socket
ipAddr = ('127.0.0.1', 9999)
client = socket.socket()
conn = client.connect()
print("socket service connection ....")

while True:
    input_str = input(">>>")
    if len(input_str) == 0: continue
    client.send(bytes(input_str,"utf-8"))
    respones = client.recv(1024)
    print('service respones %s' %(respones.decode("utf-8")))
client.close()

# Raises: TypeError: socket.connect() takes exactly one argument (0 given)
