-- Line ends in text: what ends a line, what is translated, what is written, what was seen.
local socket = require "socket"

local TEXT = "a\nb\rc\r\nd\n\re\r\r\nf\r"

local function show(text)
  return (text:gsub("\r", "<CR>"):gsub("\n", "<LF>"))
end

local function reader(newline)
  local a, b = socket.socketpair()
  b:sendall(TEXT)
  b:close()
  return a:makefile("r", {encoding = "utf-8", newline = newline})
end

local function seen(f)
  local ends = f.newlines
  if type(ends) == "string" then
    return "'" .. show(ends) .. "'"
  end
  return (repr(ends):gsub("\\r", "<CR>"):gsub("\\n", "<LF>"))
end

for _, newline in ipairs {false, "", "\n", "\r", "\r\n"} do
  newline = newline or nil
  local f = reader(newline)
  local parts = {seen(f)}
  for line in f:lines() do
    parts[#parts + 1] = show(line)
  end
  parts[#parts + 1] = seen(f)
  print(table.concat(parts, " "))
  f = reader(newline)
  print(show(f:read()))
  f = reader(newline)
  print(table.concat({show(f:readline()), show(f:readline(1)), show(f:readline(2)), show(f:readline()), show(f:read(3)), show(f:read())}, " "))
  local a, b = socket.socketpair()
  f = a:makefile("w", {encoding = "utf-8", newline = newline})
  print(f:write("x\ny\r\nz\r"))
  f:close()
  a:close()
  print(repr(b:makefile("rb"):read()))
end
