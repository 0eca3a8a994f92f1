-- Blocking, non-blocking, with a timeout: one number says which.
local socket = require "socket"

local function mode(s)
  print(repr(s:gettimeout()) .. " " .. repr(s.timeout) .. " " .. repr(s:getblocking()))
end

do
  local s <close> = socket.socket()
  mode(s)
  print(repr(s:settimeout(5)))
  mode(s)
  s:settimeout(0.25)
  mode(s)
  s:settimeout(0)
  mode(s)
  s:settimeout(nil)
  mode(s)
  s:setblocking(false)
  mode(s)
  s:setblocking(true)
  mode(s)
  s:setblocking(0)
  mode(s)
  s:setblocking(1)
  mode(s)
end
