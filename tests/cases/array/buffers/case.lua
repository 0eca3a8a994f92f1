-- array: sent and received as the buffer it is; descriptors passed with it, as Python's documentation does.
local a, b = socket.socketpair()
print(a:send(array("B", {65, 66, 67})) .. " " .. repr(b:recv(10)))
local into = array("H", {0, 0, 0})
a:send(array("H", {1, 2}))
print(b:recv_into(into) .. " " .. repr(into) .. " " .. repr(b:setblocking(false)))
a:sendall(array("i", {7}))
print(b:recv_into(into, 4) .. " " .. repr(into))
print(a:sendmsg({array("B", {97}), bytearray("bc"), bytearray("def"):view(2)}) .. " " .. repr(b:recv(10)))
a:sendmsg({"12345"})
local parts = {array("B", {0, 0}), bytearray(2), bytearray("xyz"):view(2)}
print(b:recvmsg_into(parts) .. " " .. repr(parts[1]) .. " " .. repr(parts[2]) .. " " .. repr(parts[3]:bytes()))

local function send_fds(sock, msg, fds)
  return sock:sendmsg({msg}, {{socket.SOL_SOCKET, socket.SCM_RIGHTS, array("i", fds)}})
end

local function recv_fds(sock, msglen, maxfds)
  local fds = array("i")
  local msg, ancdata, flags, addr = sock:recvmsg(msglen, socket.CMSG_LEN(maxfds * fds.itemsize))
  for _, cmsg in ipairs(ancdata) do
    local cmsg_level, cmsg_type, cmsg_data = table.unpack(cmsg)
    if cmsg_level == socket.SOL_SOCKET and cmsg_type == socket.SCM_RIGHTS then
      fds:frombytes(cmsg_data:sub(1, #cmsg_data - #cmsg_data % fds.itemsize))
    end
  end
  return msg, fds:tolist()
end

print(send_fds(a, "take", {a:fileno(), b:fileno()}))
local msg, fds = recv_fds(b, 10, 2)
print(repr(msg) .. " " .. #fds)
for _, fd in ipairs(fds) do socket.close(fd) end
