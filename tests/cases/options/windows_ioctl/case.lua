-- Windows' ioctl codes by what this system has for them: the options they stand for.
local socket = require "socket"

local s = socket.socket()

local function keep_alive(on, idle, interval)
  s:ioctl(socket.SIO_KEEPALIVE_VALS, {on, idle, interval})
end

local function show()
  print(s:getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) .. " " ..
    s:getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) .. " " ..
    s:getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL))
end

keep_alive(1, 10000, 3000)
show()
keep_alive(1, 10001, 1)
show()
keep_alive(0, 5000, 5000)
show()
print(socket.SIO_RCVALL .. " " .. socket.SIO_KEEPALIVE_VALS .. " " .. socket.SIO_LOOPBACK_FAST_PATH .. " " ..
  socket.RCVALL_OFF .. " " .. socket.RCVALL_ON)
s:close()
