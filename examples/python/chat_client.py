import socket
import sys
ipAddr = (sys.argv[1] if len(sys.argv) > 1 else '127.0.0.1', int(sys.argv[2] if len(sys.argv) > 2 else 9999))
client = socket.socket()
client.connect(ipAddr)                            # 1, 2: the address is given, nothing is returned
print("socket service connection ....")

while True:
    try:
        input_str = input(">>>")
    except EOFError:                              # 3: the input has ended
        break
    if len(input_str) == 0: continue
    client.send(bytes(input_str,"utf-8"))
    respones = client.recv(1024)
    if not respones: break                        # 4: the server has closed
    print('service respones %s' %(respones.decode("utf-8")))
client.close()
