"""An SSDP device on the loopback interface, for want of one here: answers each M-SEARCH for everything, or for root devices. It
prints its port when it answers."""
import socket

GROUP = "239.255.255.250"
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
s.bind((GROUP, 1900))
s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(GROUP) + socket.inet_aton("127.0.0.1"))
print(1900, flush=True)
while True:
    data, peer = s.recvfrom(2048)
    lines = data.decode(errors="replace").split("\r\n")
    target = next((line[3:].strip() for line in lines if line.upper().startswith("ST:")), "")
    if lines[0] != "M-SEARCH * HTTP/1.1" or target not in ("ssdp:all", "upnp:rootdevice"):
        continue
    answer = ("HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=60\r\nEXT:\r\nLOCATION: http://127.0.0.1:49152/device.xml\r\n"
              "SERVER: test UPnP/1.1 test/1\r\nST: upnp:rootdevice\r\nUSN: uuid:tester::upnp:rootdevice\r\n\r\n")
    for _ in range(2):  # devices say things twice
        s.sendto(answer.encode(), peer)
