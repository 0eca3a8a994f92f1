-- open: modes, places, truncation, both directions, appending, unbuffered, text over it all.
local function show(...)
  local all = {}
  for i = 1, select("#", ...) do
    all[i] = repr((select(i, ...)))
  end
  print(table.concat(all, " "))
end

do
  local f <close> = open("file", "wb")
  show(f, f.mode, f.name, f:tell(), f:write("0123456789"), f:tell(), f:seek(2), f:write("ab"), f:tell(), f:seek(-1, 2), f:write("z"))
  show(f.raw, f.raw.mode, f:readable(), f:writable(), f:seekable())
end
do
  local f <close> = open("file", "rb")
  show(f, f:read(3), f:tell(), f:seek(1, 1), f:read(2), f:seek(-2, 2), f:read(), f:tell(), f:seek(0), f:readline(), f:seek(100), f:read())
end
do
  local f <close> = open("file", "r+b")
  show(f, f.mode, f:read(2), f:write("XY"), f:tell(), f:read(2), f:seek(0), f:read(), f:truncate(5), f:tell(), f:seek(0), f:read())
end
do
  local f <close> = open("file", "ab")
  show(f.mode, f:tell(), f:write("end"), f:tell())
end
do
  local f <close> = open("file", "a+b")
  show(f.mode, f:tell(), f:read(), f:seek(0), f:read(2), f:write("!"))
end
do
  local f <close> = open("file", "w+b", 0)
  show(f, f.mode, f:write("raw"), f:seek(0), f:read(2), f:read(), f:read(), f:truncate(1), f:seek(0), f:readall())
end
local _, e = pcall(open, "file", "xb")
show(e.errno, e.message)
do
  local f <close> = open("new", "x+b")
  show(f.mode, f:write("content"))
end
do
  local f <close> = open("new", "rb", 3)
  show(f:read(1), f:peek(), f:read(), f:seek(2), f:read(2))
end
do
  local f <close> = open("text", "w", {encoding = "utf-8"})
  show(f:write("äb\nc€\nlast"), f:tell(), f:writelines({"\n", "x\n"}), f:tell())
end
do
  local f <close> = open("text", "r", {encoding = "utf-8"})
  show(f:read(1) == "ä", f:tell(), f:readline(), f:tell(), f:readline() == "c€\n")
  local place = f:tell()
  show(place, f:read(), f:seek(place), f:readline(), f:seek(0), f:read(1) == "ä", f:seek(0, 2), f:read())
end
do
  local f <close> = open("text", "r+", {encoding = "utf-8"})
  show(f:readline() == "äb\n", f:seek(0, 2) > 0, f:write("more"), f:seek(0), utf8.len(f:read()))
end
do
  local f <close> = open("text", "r", {encoding = "utf-8", newline = ""})
  f:readline()
  show(f:tell(), f.newlines)
end
do
  local f <close> = open("text", "a", {encoding = "utf-8"})
  show(f:tell(), f:write("\n"))
end
do
  local f <close> = open("text", "r", {encoding = "utf-8"})
  local count = 0
  for line in f:lines() do
    count = count + 1
    if count == 1 then
      local _, e = pcall(f.tell, f)
      show(e.message)
    end
  end
  show(count, f:tell())
end
do
  local f <close> = open("wide", "w", {encoding = "utf-16"})
  f:write("ab\nc")
end
do
  local f <close> = open("wide", "a", {encoding = "utf-16"})
  f:write("d")
end
do
  local f <close> = open("wide", "r", {encoding = "utf-16"})
  show(f:read(1), f:readline(), f:read())
end
do
  local f <close> = open("file", "rb")
  local g = open(f:fileno(), "rb", {closefd = false})
  show(g.name == f:fileno(), g:read(1))
  g:close()
  show(f.closed, f:seek(0), f:read(1))
end
