-- What the steps of a sequence need in Lua. `v` holds the sequence's variables; each step prints one line.
v = {}
local number = 0

local function short(text)
  text = text:gsub("\n", "\\n")
  return #text <= 300 and text or text:sub(1, 200) .. "..." .. #text
end

local function control(one)
  local level, kind, data = table.unpack(one, 1, 3)
  if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS then
    for i = 1, #data - #data % 4, 4 do
      socket.close((string.unpack("=i4", data, i)))
    end
    return ("(%d, %d, %d bytes of descriptors)"):format(level, kind, #data)
  end
  return ("(%d, %d, %s)"):format(level, kind, repr(data))
end

local function show(form, values)
  local first = values[1]
  if form == "raw" and values.n == 1 then
    return tostring(first)
  elseif form == "fd" and math.type(first) == "integer" and first >= 0 then
    return "a descriptor"
  elseif form == "size" and type(first) == "string" then
    return #first .. " bytes"
  elseif form == "made" then
    return values.n == 1 and "a socket" or "a pair"
  elseif form == "message" then
    local list = {}
    for i, one in ipairs(values[2]) do
      list[i] = control(one)
    end
    return ("(%s, [%s], %d, %s)"):format(repr(first), table.concat(list, ", "), values[3], repr(values[4]))
  elseif form == "fds" then
    for _, fd in ipairs(values[2]) do
      socket.close(fd)
    end
    return ("(%s, %d descriptors, %d, %s)"):format(repr(first), #values[2], values[3], repr(values[4]))
  elseif values.n <= 1 then
    return repr(first)
  end
  local list = {}
  for i = 1, values.n do
    list[i] = repr(values[i])
  end
  return "(" .. table.concat(list, ", ") .. ")"
end

function step(place, outs, needs, run, form)
  for _, name in ipairs(needs) do
    if v[name] == nil then
      return print(number .. " " .. place .. " -")
    end
  end
  local ok, e = pcall(function()
    local values = table.pack(run())
    for i, name in ipairs(outs) do
      v[name] = values[i]
    end
    print(number .. " " .. place .. " = " .. short(show(form, values)))
  end)
  if not ok then
    local text = type(e) == "userdata" and e.name .. " " .. repr(e.errno) .. " " .. short(e.message) or "Lua's own: " .. tostring(e)
    print(number .. " " .. place .. " ! " .. text)
  end
end

function sequence(n, timeout, company, steps)
  number, v = n, {}
  local idle = company and task.spawn(function() pcall(task.sleep, 1000) end)
  socket.setdefaulttimeout(timeout)
  steps()
  socket.setdefaulttimeout(nil)
  for _, value in pairs(v) do
    if type(value) == "userdata" then
      pcall(function() value:close() end)
    end
  end
  if idle then
    idle:cancel()
    idle:join()
  end
  print(number .. " end")
end

function fill(text, count)
  return text:rep(count)
end

function view(array, first, last)
  return array:view(first + 1, last)
end

function rights(...)
  local list = {...}
  for i, fd in ipairs(list) do
    list[i] = string.pack("=i4", fd)
  end
  return table.concat(list)
end

function port(address)
  return address[2]
end

function named(name, value)
  return socket[name](value)
end
