-- What sendmsg and recvmsg refuse.
local socket = require "socket"


local function show(f, ...)
  local ok, e = pcall(f, ...)
  if ok then
    print("no error")
  else
    print(e.name)
  end
end

local a, b = socket.socketpair()
show(a.sendmsg, a, 5)
show(a.sendmsg, a, {5})
show(a.sendmsg, a, {"x"}, 5)
show(a.sendmsg, a, {"x"}, {{1}})
show(a.sendmsg, a, {"x"}, {{1, 2, 3}})
show(a.sendmsg, a, {"x"}, {{2^40, 2, ""}})
show(a.sendmsg, a, {"x"}, {}, "x")
show(a.sendmsg, a, {"x"}, {{socket.SOL_SOCKET, socket.SCM_RIGHTS, "\xff\xff\xff\x7f"}})
show(a.recvmsg, a, -1)
show(a.recvmsg, a, 10, -1)
show(a.recvmsg, a, 10, 2^31)
show(a.recvmsg_into, a, 5)
show(a.recvmsg_into, a, {5})
a:setblocking(false)
show(a.recvmsg, a, 10)
a:close()
show(a.recvmsg, a, 10)
show(a.sendmsg, a, {"x"})
show(b.sendmsg, b, {"x"})
b:close()
