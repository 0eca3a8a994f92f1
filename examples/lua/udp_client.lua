-- The documented outline of a UDP client, made runnable: two datagrams, two answers.
--
--   wirescript examples/lua/udp_client.lua [HOST] [PORT]      (127.0.0.1, 50007)
local socket = require "socket"
local sys = require "sys"

local HOST = sys.argv[2] or "127.0.0.1"
local PORT = tonumber(sys.argv[3] or 50007)
local cs = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for _, data in ipairs {"hello", "goodbye"} do     -- the conversation
  cs:sendto(data, {HOST, PORT})
  local answer, addr = cs:recvfrom(1024)
  print(repr(answer), "from", addr)
end
cs:close()

-- Prints:
-- b'[hello]' from <address>
-- b'[goodbye]' from <address>
