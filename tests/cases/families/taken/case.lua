-- Addresses of the families only Linux has, of the right shape: the kernel gets them, and refuses them on a UDP socket that was only told to be of the family.
local socket = require "socket"

local function refuse(name, protocol, address)
  local udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
  local s <close> = socket.socket(socket[name], socket.SOCK_DGRAM, protocol, udp:detach())
  local ok, e = pcall(s.bind, s, address)
  if ok then
    print(name .. " no error")
  elseif e:is("OSError") or e:is("ValueError") or e:is("OverflowError") then
    print(name .. " " .. e.name .. " " .. e.message)
  else
    print(name .. " " .. e.name)
  end
end

refuse("AF_NETLINK", 0, {1, 2})
refuse("AF_NETLINK", 0, {-1, 4294967295})
refuse("AF_VSOCK", 0, {4294967295, 1})
refuse("AF_VSOCK", 0, {-1, 1})
refuse("AF_PACKET", 0, {"lo", 3})
refuse("AF_PACKET", 0, {"lo", 2048, 4, 772, "123456"})
refuse("AF_CAN", socket.CAN_RAW, {""})
refuse("AF_CAN", socket.CAN_RAW, {"lo"})
refuse("AF_CAN", socket.CAN_ISOTP, {"lo", 1, 4294967295})
refuse("AF_CAN", socket.CAN_ISOTP, {"", -1, 1})
refuse("AF_CAN", socket.CAN_J1939, {"lo", 1, 262144, 255})
refuse("AF_CAN", socket.CAN_J1939, {"", -1, 1, 0})
refuse("AF_TIPC", 0, {1, 4242, 1, 9})
refuse("AF_TIPC", 0, {2, 4242, 1, 0, 3})
refuse("AF_TIPC", 0, {3, 1, 2, 0})
refuse("AF_ALG", 0, {"hash", "sha256"})
refuse("AF_ALG", 0, {"hash", "sha256", 1, 2})
refuse("AF_QIPCRTR", 0, {1, 2})
refuse("AF_QIPCRTR", 0, {4294967295, 1})
