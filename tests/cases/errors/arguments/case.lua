-- What errors are made with, and what they say then.
local socket = require "socket"
local errors = require "errors"

local function argument(value)
  if value == nil then return "None" end
  if type(value) == "string" then return "'" .. value .. "'" end
  return repr(value)
end

local function tuple(args, count)
  local words = {}
  for place = 1, count do words[place] = argument(args[place]) end
  return "(" .. table.concat(words, ", ") .. (count == 1 and ",)" or ")")
end

local function show(e, count)
  print(e.name .. " | " .. e.message .. " | " .. tuple(e.args, count or #e.args) .. " | " .. repr(e.errno))
end

show(errors.OSError())
show(errors.OSError(98))
show(errors.OSError("text"))
show(errors.OSError(98, "in use"))
show(errors.OSError(2, "no such file", "name"))
show(errors.OSError(2, "no such file", "name", nil, "other"))
show(errors.OSError(9999, "unknown"))
show(errors.OSError(11, "again"))
show(errors.BlockingIOError(11, "again", 5))
show(errors.ConnectionResetError(98, "keeps its class"))
show(errors.PermissionError("no number"))
show(socket.gaierror(-2, "unknown name"))
show(socket.herror(1, "unknown host"))
show(errors.TimeoutError("timed out"))
show(errors.ValueError())
show(errors.ValueError("one"))
show(errors.ValueError("two", 2))
show(errors.ValueError(3))
show(errors.ValueError(nil), 1)
show(errors.ValueError(true, 1.5))
show(errors.KeyError("key"))
show(errors.KeyError("key", 2))
show(errors.StopIteration(5))
show(errors.UnicodeEncodeError("ascii", "a\u{ff}", 1, 2, "not in range"))
show(errors.UnicodeEncodeError("ascii", "ab", 0, 2, "not in range"))
for _, arguments in ipairs({{"x"}, {}}) do
  local ok, e = pcall(errors.UnicodeDecodeError, table.unpack(arguments))
  print(e.message)
end
print(repr(errors.OSError(98, "in use")) .. " " .. repr(errors.ValueError("one")) .. " " ..
  repr(errors.ValueError("two", 2)) .. " " .. repr(errors.ValueError()))
