-- What an audit hook is told of files and of input: the path, the mode, the flags; the prompt; and it may refuse.
local seen = {}

sys.addaudithook(function(event, args)
  if event == "open" and (args[1] == "new" or args[1] == "secret") or event == "builtins.input" then
    local words = {event}
    for place = 1, #args do
      words[#words + 1] = tostring(args[place])
    end
    seen[#seen + 1] = table.concat(words, " ")
    if args[1] == "secret" then
      error(errors.RuntimeError("not this one"))
    end
  end
end)
for _, mode in ipairs {"w", "r", "rb", "r+b", "a", "a+", "wb", "w+"} do
  open("new", mode):close()
end
local _, e = pcall(open, "new", "x")
if e:is("FileExistsError") then
  seen[#seen + 1] = "exists"
end
do
  local f <close> = open("new", "rb")
  open(f:fileno(), "rb", {closefd = false}):close()
end
local _, e = pcall(open, "secret", "w")
seen[#seen + 1] = e.message
local _, e = pcall(open, "secret2")
if e:is("FileNotFoundError") then
  seen[#seen + 1] = "nobody made it"
end
local _, e = pcall(input, "? ")
if e:is("EOFError") then
  seen[#seen + 1] = "end"
end
print()
print(table.concat(seen, "\n"))
