-- A script makes errors of its own; OSError picks its class by the number.
local errors = require "errors"
local socket = require "socket"

local function show(e)
  local ok, caught = pcall(error, e)
  print(caught.name, repr(caught.errno), caught.message)
  print(repr(rawequal(caught, e)) .. " " .. repr(caught:is("OSError")))
end

show(errors.OSError(98, "Address already in use"))
show(errors.OSError(111, "Connection refused"))
show(errors.OSError(32, "my own text"))
show(errors.OSError("only a text"))
show(errors.ConnectionResetError(104, "Connection reset by peer"))
show(errors.ValueError("not that one"))
show(errors.TimeoutError("timed out"))
show(socket.timeout("too late"))
show(socket.gaierror(-2, "Name or service not known"))
