# Raw ICMP: an echo request to loopback, written by hand, and the kernel's answer; both versions of IP.
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
s.settimeout(20)
print(s.sendto(b"\x08\x00\xa5\xba\x12\x34\x00\x01wirescript", ("127.0.0.1", 0)))
while True:
    packet, address = s.recvfrom(100)
    if packet[20:21] == b"\x00":
        break
print(repr(packet[20:22]), repr(packet[24:]), repr(address))

s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
s.settimeout(20)
print(s.sendto(b"\x80\x00\x00\x00\x12\x34\x00\x01wirescript", ("::1", 0)))
while True:
    packet, address = s.recvfrom(100)
    if packet[0:1] == b"\x81":
        break
print(repr(packet[4:]), repr(address))
