-- What open refuses, and in which words.
do
  local f <close> = open("file", "w")
  f:write("x")
end

local function refused(...)
  local ok, e = pcall(open, ...)
  if ok then
    e:close()
    print("fine")
  else
    print(e.name, e.message)
  end
end

refused("missing")
refused("missing/too", "w")
refused("file/below", "rb")
refused("/")
refused("/", "w")
refused("file", "x")
for _, mode in ipairs {"", "q", "rw", "rbt", "rr", "b", "+", "r+w", "rt", "r+t"} do
  refused("file", mode)
end
refused("file", "r", 0)
refused("file", "rb", {encoding = "utf-8"})
refused("file", "rb", {errors = "strict"})
refused("file", "rb", {newline = "\n"})
refused("file", "r", {newline = "x"})
refused("file", "r", {encoding = "klingon"})
refused("file", "r", {closefd = false})
refused(-1)
refused(98765)
refused(3.5)
refused({})
refused("fi\0le")
local _, e = pcall(open, "missing")
print(e.errno .. " " .. e.strerror .. " " .. e.filename)
