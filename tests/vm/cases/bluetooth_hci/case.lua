-- Bluetooth's controllers, on a virtual one that `setup` starts: bind, filter, a command and its answer.
local socket = require "socket"

local s = socket.socket(socket.AF_BLUETOOTH, socket.SOCK_RAW, socket.BTPROTO_HCI)
s:bind({0})
print(repr(s:getsockname()))
-- struct hci_filter: types of packet, events, one operation.
s:setsockopt(socket.SOL_HCI, socket.HCI_FILTER, string.pack("<I4I8I2xx", 1 << 4, 1 << 14, 0))
print(repr(s:getsockopt(socket.SOL_HCI, socket.HCI_FILTER, 16)))
s:setsockopt(socket.SOL_HCI, socket.HCI_TIME_STAMP, 1)
print(s:getsockopt(socket.SOL_HCI, socket.HCI_TIME_STAMP))
s:close()

-- The controller for this socket alone.
s = socket.socket(socket.AF_BLUETOOTH, socket.SOCK_RAW, socket.BTPROTO_HCI)
s:settimeout(20)
while true do
  local ok, e = pcall(s.bind, s, {0, socket.HCI_CHANNEL_USER})
  if ok then
    break
  end
  assert(e.errno == errno.EBUSY) -- until the kernel has got to know it
  task.sleep(0.1)
end
print(s:getsockname().device_id)
print(s:send("\x01\x03\x0c\x00")) -- reset
print(repr(s:recv(260)))
print(s:send("\x01\x09\x10\x00")) -- read its address
print(repr(s:recv(260):sub(1, 13)))
s:close()

-- The control channel, which has no controller: the version of its protocol.
s = socket.socket(socket.AF_BLUETOOTH, socket.SOCK_RAW, socket.BTPROTO_HCI)
s:settimeout(20)
s:bind({socket.HCI_DEV_NONE, socket.HCI_CHANNEL_CONTROL})
print(s:send("\x01\x00\xff\xff\x00\x00"))
local answer = s:recv(100)
while answer:sub(1, 2) ~= "\x01\x00" do -- events of others
  answer = s:recv(100)
end
print(repr(answer:sub(1, 9)) .. " " .. answer:byte(10))
