-- The documented recv_fds: receives descriptors from send_fds, in any language, and uses the sockets they are.
-- (socket.recv_fds does the same.)
--
--   wirescript examples/lua/recv_fds.lua [NAME]      (descriptors: a name for both, in Linux's abstract name space)
--
-- Pair: send_fds.lua <unix>
local socket = require "socket"
local sys = require "sys"

local function recv_fds(sock, msglen, maxfds)
  local fds = array("i")   -- Array of ints
  local msg, ancdata, flags, addr = sock:recvmsg(msglen, socket.CMSG_LEN(maxfds * fds.itemsize))
  for _, cmsg in ipairs(ancdata) do
    local cmsg_level, cmsg_type, cmsg_data = table.unpack(cmsg)
    if cmsg_level == socket.SOL_SOCKET and cmsg_type == socket.SCM_RIGHTS then
      -- Append data, ignoring any truncated integers at the end.
      fds:frombytes(cmsg_data:sub(1, #cmsg_data - (#cmsg_data % fds.itemsize)))
    end
  end
  return msg, fds:tolist()
end

local NAME = sys.argv[2] or "descriptors"
local conn, addr
do local s <close> = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
  s:bind("\0" .. NAME)                      -- an abstract name: no file is made
  s:listen(1)
  conn, addr = s:accept()
end
local msg, fds
do local conn <close> = conn
  msg, fds = recv_fds(conn, 1024, 4)
end
print("Received", repr(msg), "and", #fds, "descriptors")
for _, fd in ipairs(fds) do
  local given <close> = socket.socket({fileno = fd})
  print(repr(given:recv(1024)))
  given:sendall("answered")
end

-- Prints:
-- Received b'two sockets' and 2 descriptors
-- b'through the first'
-- b'through the second'
