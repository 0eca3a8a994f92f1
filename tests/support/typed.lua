-- A script that uses the types of stdlib/types in many ways; a language server has nothing to say against it.
local socket = require "socket"
local task = require "task"

---@param conn Socket
---@return integer
local function serve(conn)
  local count = 0
  local file <close> = conn:makefile("rwb")
  for line in file:lines() do
    count = count + #line
    file:write(line:upper())
    file:flush()
  end
  conn:close()
  return count
end

local server <close> = socket.create_server({"127.0.0.1", 0}, {backlog = 5})
local serving = task.spawn(function()
  local conn, peer = server:accept()
  assert(peer.host == "127.0.0.1" and peer.port > 0)
  return serve(conn)
end)

local s <close> = socket.create_connection(server:getsockname(), 5, {all_errors = true})
s:setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
s:settimeout(nil)
s:sendall("hello\n")
local buffer = bytearray(16)
local count = s:recv_into(buffer:view(1, 6), {flags = socket.MSG_WAITALL})
assert(count == 6 and buffer[1] == 0x48)
s:shutdown(socket.SHUT_WR)
assert(s:recv(10) == "")
assert(serving:join() == 6)

for _, row in ipairs(socket.getaddrinfo("127.0.0.1", 80, {type = socket.SOCK_STREAM})) do
  assert(row.family == socket.AF_INET and row.sockaddr.port == 80)
end

local u <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u:bind({"127.0.0.1", 0})
u:sendto("to itself", u:getsockname())
local data, sender = u:recvfrom(100)
assert(data == "to itself" and sender == u:getsockname())

---@param e Error
local function is_known(e)
  return e:is(socket.timeout) or e:is(errors.ConnectionError) or e:is("OSError")
end
local ok, e = pcall(socket.create_connection, {"127.0.0.1", 1})
assert(not ok and is_known(e --[[@as Error]]))

local numbers = array("H", {1, 2})
numbers:append(3)
assert(#numbers == 3 and numbers:tobytes() == struct.pack("3H", 1, 2, 3))
assert(bytes.hex("\1\2") == "0102" and json.encode({1, 2}) == "[1,2]")
