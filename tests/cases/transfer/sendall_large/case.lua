-- sendall of more than the kernel holds, read at the other end piece by piece.
local socket = require "socket"
local task = require "task"

local a, b = socket.socketpair()
local data = ("0123456789abcdef"):rep(65536)
local total = 0
local tail = ""

local function read()
  while true do
    local piece = b:recv(65536)
    if piece == "" then
      break
    end
    total = total + #piece
    tail = piece:sub(-4)
  end
end

local t = task.spawn(read)
print(repr(a:sendall(data)))
a:close()
t:join()
b:close()
print(total, repr(tail))
