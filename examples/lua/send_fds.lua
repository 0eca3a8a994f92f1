-- The documented send_fds: gives two open sockets to recv_fds, in any language, and talks with it through them.
-- (socket.send_fds does the same.)
--
--   wirescript examples/lua/send_fds.lua [NAME]      (descriptors: a name for both, in Linux's abstract name space)
local socket = require "socket"
local sys = require "sys"

local function send_fds(sock, msg, fds)
  return sock:sendmsg({msg}, {{socket.SOL_SOCKET, socket.SCM_RIGHTS, array("i", fds)}})
end

local NAME = sys.argv[2] or "descriptors"
local kept1, given1 = socket.socketpair()
local kept2, given2 = socket.socketpair()
do local s <close> = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
  s:connect("\0" .. NAME)
  print(send_fds(s, "two sockets", {given1:fileno(), given2:fileno()}))
end
given1:close()                              -- the receiver has its own
given2:close()
kept1:sendall("through the first")
kept2:sendall("through the second")
print(repr(kept1:recv(1024)))
print(repr(kept2:recv(1024)))
kept1:close()
kept2:close()

-- Prints:
-- 11
-- b'answered'
-- b'answered'
