-- A network sniffer on Linux: a packet socket hears what goes over an interface. It needs the right to (root, or
-- CAP_NET_RAW); `unshare -rn` gives it in a network of one's own.
--
--   unshare -rn sh -c 'ip link set lo up; wirescript examples/lua/packet_sniffer.lua'
local socket = require "socket"

local ETH_P_IP = 0x0800

-- hear every IPv4 packet on the interface, without its Ethernet header
local s <close> = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_IP))
s:bind({"lo", ETH_P_IP})

-- something to hear
local udp <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp:bind({"127.0.0.1", 0})
udp:sendto("listen to this", udp:getsockname())

local packet, address
repeat
  packet, address = s:recvfrom(65565)
until packet:sub(-14) == "listen to this" and address.pkttype == socket.PACKET_HOST
print("on", address.ifname, "protocol", packet:byte(10))
print("from", socket.inet_ntoa(packet:sub(13, 16)), "to", socket.inet_ntoa(packet:sub(17, 20)))
print(repr(packet:sub(29)))

-- Needs: AF_PACKET and the right to use it
-- Prints:
-- on lo protocol 17
-- from 127.0.0.1 to 127.0.0.1
-- b'listen to this'
