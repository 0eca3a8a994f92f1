-- gethostname: some text, the same each time, as the kernel has it.
local socket = require "socket"

local name = socket.gethostname()
print(repr(#name > 0) .. " " .. repr(name == socket.gethostname()))
local f <close> = io.open("/proc/sys/kernel/hostname")
print(repr(f:read("l") == name))
