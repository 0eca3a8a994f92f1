-- select.select: what is ready comes back as it was given, what is wrong is told, nothing is limited to 1024.
local function attempt(f, ...)
  local results = table.pack(pcall(f, ...))
  if results[1] then
    for place = 2, results.n do results[place] = repr(results[place]) end
    print("(" .. table.concat(results, ", ", 2) .. ")")
  else
    print(results[2].name .. " " .. results[2].message)
  end
end

local Almost = setmetatable({}, {__index = {fileno = function() return "fileno" end}})

local Thing = {}
Thing.__index = Thing
function Thing:fileno() return self.number end

attempt(select.select, 1, 2, 3)
attempt(select.select, {Almost}, {}, {})
attempt(select.select, {"x"}, {}, {})
attempt(select.select, {}, {}, {}, "not a number")
attempt(select.select, {}, {}, {}, -1)
attempt(select.select, {-1}, {}, {})
attempt(select.select, {}, {}, {}, 0)

local a, b = socket.socketpair()
local r, w, x = select.select({a}, {a, b}, {a}, 0)
print(#r .. " " .. #w .. " " .. #x .. " " .. repr(rawequal(w[1], a)) .. " " .. repr(rawequal(w[2], b)))
b:send("x")
local thing = setmetatable({number = a:fileno()}, Thing)
r, w, x = select.select({b, thing, a, a:fileno()}, {}, {}, 5)
print(#r .. " " .. repr(r[1] == thing) .. " " .. repr(r[2] == a) .. " " .. repr(r[3] == a:fileno()))
a:recv(1)

-- The end counts as readable; urgent data has a list of its own.
local server = socket.create_server({"127.0.0.1", 0})
local c = socket.create_connection(server:getsockname())
local d = server:accept()
c:send("!", socket.MSG_OOB)
r, w, x = select.select({}, {}, {d}, 5)
print(#x .. " " .. repr(x[1] == d))
c:close()
r, w, x = select.select({d}, {}, {}, 5)
print(#r)

-- A time that is over, and one that is not.
local start = time.monotonic()
r, w, x = select.select({a}, {}, {}, 0.05)
print("(" .. repr(r) .. ", " .. repr(w) .. ", " .. repr(x) .. ") " .. repr(time.monotonic() - start >= 0.05))
task.spawn(function()
  task.sleep(0.02)
  b:send("y")
end)
r, w, x = select.select({a}, {}, {})
print(#r .. " " .. repr(a:recv(1)))

-- What is closed.
d:close()
attempt(select.select, {d}, {}, {}, 0)
local number = a:fileno()
a:close()
local ok, e = pcall(select.select, {}, {number}, {}, 0)
print(repr(e.errno == 9) .. " " .. repr(e:is(select.error)))
print(repr(select.error == errors.OSError) .. " " .. repr(select.PIPE_BUF >= 512))
