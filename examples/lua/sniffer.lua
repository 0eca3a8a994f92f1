-- A network sniffer as Windows has it: there a raw socket hears everything. Linux refuses to make such a socket, and the
-- error says what to use instead: packet_sniffer.lua does.
--
--   wirescript examples/lua/sniffer.lua
local socket = require "socket"

-- the address of the interface to listen on
local HOST = "127.0.0.1"

local ok, e = pcall(function()
  -- create a raw socket and bind it to the public interface
  local s <close> = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_IP)
  s:bind({HOST, 0})

  -- Include IP headers
  s:setsockopt(socket.IPPROTO_IP, socket.IP_HDRINCL, 1)

  -- receive all packages
  s:ioctl(socket.SIO_RCVALL, socket.RCVALL_ON)

  -- receive a package
  print(s:recvfrom(65565))

  -- disabled promiscuous mode
  s:ioctl(socket.SIO_RCVALL, socket.RCVALL_OFF)
end)
if not ok then
  print(e.name, e.message) -- print(e) adds: name a protocol, or capture packets with AF_PACKET
end

-- Prints:
-- OSError [Errno 93] Protocol not supported
