-- accept_luaposix.lua: prints its port, accepts and closes.
local sock, unistd = require "posix.sys.socket", require "posix.unistd"
local server = assert(sock.socket(sock.AF_INET, sock.SOCK_STREAM, 0))
assert(sock.bind(server, {family = sock.AF_INET, addr = "0.0.0.0", port = 0}))
assert(sock.listen(server, 4096))
print(sock.getsockname(server).port)
io.stdout:flush()
while true do
  unistd.close((sock.accept(server)))
end
