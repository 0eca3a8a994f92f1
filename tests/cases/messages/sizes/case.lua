-- Sizes of control messages.
local socket = require "socket"

for _, length in ipairs {0, 1, 4, 8, 1000, 2^31 - 25, 2^31 - 24, 2^31 - 17, 2^31 - 16, 2^32, -1} do
  for _, f in ipairs {socket.CMSG_LEN, socket.CMSG_SPACE} do
    local ok, e = pcall(f, length)
    print(string.format("%d", length) .. " " .. (ok and e or e.message))
  end
end
