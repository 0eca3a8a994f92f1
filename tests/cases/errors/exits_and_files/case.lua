-- What a SystemExit was made with, and the two files of an error.
for _, e in ipairs {errors.SystemExit(3), errors.SystemExit(), errors.SystemExit("bye"), errors.SystemExit(1, 2)} do
  local code = e.code
  print(type(code) == "string" and "'" .. code .. "'" or repr(code))
end
local _, e = pcall(sys.exit, 4)
print(repr(e.code) .. " " .. repr(e.args))
_, e = pcall(sys.exit)
print(repr(e.code))
e = errors.OSError(2, "gone", "a", nil, "b")
print(e.message .. " " .. e.filename .. " " .. e.filename2)
e = errors.OSError(2, "gone", "a")
print(e.message .. " " .. e.filename .. " " .. repr(e.filename2))
print(repr(errors.OSError("only a text").filename2))
