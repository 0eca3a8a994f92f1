-- Lines of bytes: iteration, readline with a limit, readlines with a hint, what is left at the end.
local socket = require "socket"

local TEXT = "one\ntwo\r\n\n" .. ("x"):rep(20000) .. "\nthe end"

local function reader(...)
  local a, b = socket.socketpair()
  task.spawn(function() b:sendall(TEXT) b:close() end)
  return a:makefile("rb", ...)
end

local function lengths(lines)
  local all = {}
  for _, line in ipairs(lines) do
    all[#all + 1] = #line
  end
  print(table.concat(all, " "))
end

for _, arguments in ipairs {{}, {1}, {7}, {0}} do
  local all = {}
  for line in reader(table.unpack(arguments)):lines() do
    all[#all + 1] = line
  end
  lengths(all)
end
local f = reader()
for _, limit in ipairs {2, 0, 5, -1, 100, 1, 19998, 1, 3, 10} do
  local line = f:readline(limit)
  print(#line .. " " .. repr(line:sub(1, 5)))
end
print(repr(f:readline()) .. " " .. repr(f:readline(3)))
lengths(reader():readlines())
for _, hint in ipairs {0, 1, 4, 5, 9, 10, 11, 30000} do
  lengths(reader():readlines(hint))
end
f = reader()
local first = {}
for line in f:lines() do
  first[#first + 1] = repr(line)
  if #first == 2 then
    break
  end
end
print(table.concat(first, " "))
print(repr(f:readline()))
print(#f:read(5) .. " " .. #f:read() .. " " .. repr(f:read()) .. " " .. repr(f:read(1)))
