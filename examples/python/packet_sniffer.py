import socket

ETH_P_IP = 0x0800

# hear every IPv4 packet on the interface, without its Ethernet header
s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_IP))
s.bind(("lo", ETH_P_IP))

# something to hear
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(("127.0.0.1", 0))
udp.sendto(b"listen to this", udp.getsockname())

while True:
    packet, address = s.recvfrom(65565)
    if packet.endswith(b"listen to this") and address[2] == socket.PACKET_HOST:
        break
print("on", address[0], "protocol", packet[9])
print("from", socket.inet_ntoa(packet[12:16]), "to", socket.inet_ntoa(packet[16:20]))
print(repr(packet[28:]))
