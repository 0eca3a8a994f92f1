-- A hook that raises stops what was about to be done; its error reaches the caller, and later hooks are not asked.
local socket = require "socket"
local sys = require "sys"
local errors = require "errors"

local refused = {}
local asked = {}

local function first(event, args)
  if refused[event] then
    error(errors.PermissionError(13, "no " .. event))
  end
end

local function second(event, args)
  if event == "socket.bind" or event == "socket.sendto" then
    asked[#asked + 1] = "'" .. event .. "'"
  end
end

sys.addaudithook(first)
sys.addaudithook(second)

local s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
refused["socket.bind"] = true
local ok, e = pcall(s.bind, s, {"127.0.0.1", 0})
print(e.name .. " " .. e.errno .. " " .. e.strerror)
print(repr(s:getsockname()))
refused = {}
s:bind({"127.0.0.1", 0})
print(repr(s:getsockname().port > 0))
print("[" .. table.concat(asked, ", ") .. "]")

refused["socket.__new__"] = true
print(select(2, pcall(socket.socket)).message)
print(select(2, pcall(s.dup, s)).message)
refused = {["socket.getaddrinfo"] = true}
print(select(2, pcall(socket.create_connection, {"127.0.0.1", 1})).message)
refused = {}

local function text(event, args)
  if event == "socket.sendto" then
    error(errors.ValueError("only " .. args[2][1]))
  end
end

sys.addaudithook(text)
ok, e = pcall(s.sendto, s, "x", {"127.0.0.1", 9})
print(e.name .. " " .. e.message)
print("[" .. table.concat(asked, ", ") .. "]")
s:close()
