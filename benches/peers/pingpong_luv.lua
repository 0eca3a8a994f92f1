-- pingpong_luv.lua PORT COUNT: a byte to the peer and back, by callbacks; prints the seconds it took.
local uv = require "luv"
local port, count = tonumber(arg[1]), tonumber(arg[2])
local c = uv.new_tcp()
c:connect("127.0.0.1", port, function(failed)
  assert(not failed, failed)
  local start, left = uv.hrtime(), count
  c:read_start(function(wrong, data)
    assert(not wrong and data, wrong)
    left = left - 1
    if left == 0 then
      print((uv.hrtime() - start) / 1e9)
      c:close()
    else
      c:write("x")
    end
  end)
  c:write("x")
end)
uv.run()
