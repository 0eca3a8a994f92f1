-- Names and texts as CPython has them.
local function show(f, ...)
  local _, e = pcall(f, ...)
  print(e.name .. " " .. repr(e))
  assert(e:is(e.name))
end

show(struct.pack, "i", "x")
show(struct.unpack, "i", "x")
show(time.sleep, -1)
show(time.sleep, -0.5)
print(struct.error.name)
local _, e = pcall(struct.pack, "i", "x")
assert(e:is(struct.error) and e:is("struct.error") and not e:is("OSError"))
