-- What errors that operations raise have in `args`.
local function text(value)
  return value and "'" .. value:gsub("\\", "\\\\") .. "'" or repr(nil)
end

local function show(f, ...)
  local _, e = pcall(f, ...)
  local shown = e.message:find("'", 1, true) and '"' .. e.message:gsub("\\", "\\\\") .. '"' or text(e.message)
  print(repr(e.args) .. " " .. repr(e) .. " " .. shown)
end

show(sys.exit)
show(sys.exit, nil)
show(sys.exit, 5)
show(sys.exit, true)
show(sys.exit, "last words")
show(bytes.decode, "\xff", "utf-8")
show(bytes.decode, "ab\xc3(", "utf-8")
show(bytes.decode, "a\x80\x81", "ascii")
show(bytes.encode, "\u{e9}t\u{e9}", "ascii")
show(bytes.encode, "h\u{20ac}", "latin-1")
local poll, selector = select.poll(), selectors.SelectSelector()
show(function() poll:unregister(7) end)
show(function() selector:unregister(7) end)
local e = errors.OSError(1, "x", "f")
print(text(e.filename) .. " " .. repr(e.args))
e = errors.OSError(2, "x", "f", nil, "g")
print(text(e.filename) .. " " .. repr(e.args))
print(text(errors.OSError(2, "x").filename))
