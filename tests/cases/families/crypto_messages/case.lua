-- sendmsg_afalg where it has no business, and with arguments it does not take.
local socket = require "socket"

local function refused(f)
  local ok, e = pcall(f)
  print(ok and "no error" or e.name .. " " .. e.message)
end

do
  local s <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
  refused(function() s:sendmsg_afalg({"data"}, {op=socket.ALG_OP_ENCRYPT}) end)
  refused(function() s:sendmsg_afalg() end)
end
local udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
-- A socket that was only told to be of the family.
local s <close> = socket.socket(socket.AF_ALG, socket.SOCK_DGRAM, 0, udp:detach())
refused(function() s:sendmsg_afalg({"data"}) end)
refused(function() s:sendmsg_afalg({"data"}, {op=-1}) end)
refused(function() s:sendmsg_afalg({"data"}, {op=socket.ALG_OP_ENCRYPT, assoclen=-1}) end)
refused(function() s:sendmsg_afalg({"data"}, {op=socket.ALG_OP_ENCRYPT, iv="0123456789abcdef", assoclen=4}) end)
