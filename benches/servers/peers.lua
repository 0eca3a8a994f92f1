-- The echo server of the bench as users of other libraries for Lua write it: `peers.lua luv|cqueues|copas`.
local with = {}

function with.luv()
  local uv = require "luv"
  local server = uv.new_tcp()
  server:bind("0.0.0.0", 0)
  server:listen(4096, function()
    local c = uv.new_tcp()
    server:accept(c)
    c:read_start(function(err, data)
      if data then c:write(data) else c:close() end
    end)
  end)
  print(server:getsockname().port)
  io.stdout:flush()
  uv.run()
end

function with.cqueues()
  local cqueues, socket = require "cqueues", require "cqueues.socket"
  local server = socket.listen{host = "0.0.0.0", port = 0}
  server:listen()
  print((select(3, server:localname())))
  io.stdout:flush()
  local loop = cqueues.new()
  loop:wrap(function()
    for c in server:clients() do
      c:setmode("bn", "bn")
      loop:wrap(function()
        while true do
          local data = c:read(-4096)
          if not data then break end
          c:write(data)
        end
        c:close()
      end)
    end
  end)
  assert(loop:loop())
end

function with.copas()
  local copas, socket = require "copas", require "socket"
  local server = assert(socket.bind("0.0.0.0", 0, 4096))
  print((select(2, server:getsockname())))
  io.stdout:flush()
  copas.addserver(server, function(c)
    while true do
      local data, err, part = copas.receivepartial(c, 4096)
      data = data or part
      if data and #data > 0 then copas.send(c, data) end
      if err == "closed" then break end
    end
  end)
  copas.loop()
end

if arg[2] == "there" then
  for _, name in ipairs(arg[1] == "cqueues" and {"cqueues", "cqueues.socket"} or {arg[1]}) do require(name) end
else
  with[arg[1]]()
end
