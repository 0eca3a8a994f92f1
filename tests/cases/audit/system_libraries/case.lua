-- The language's own ways to the system are told as well, and may be refused.
sys.addaudithook(function(event, args)
  if event == "subprocess.Popen" then
    print(event .. " " .. args[1] .. " " .. args[2][3])
  elseif event == "open" and (args[1] == "f" or args[1] == "g") then
    print(event .. " " .. args[1] .. " " .. args[2])
  elseif event == "import" and args[1] == "nothere" then
    print(event .. " " .. args[1])
  elseif event:sub(1, 3) == "os." then
    print(event .. " " .. args[1])
  end
  if args[1] == "secret" then error(errors.PermissionError("not that one")) end
end)

local function refused(f, ...)
  local _, e = pcall(f, ...)
  print(e.name .. " " .. e.message)
end

io.open("f", "w"):close()
io.open("f"):close()
os.rename("f", "g")
os.remove("g")
os.execute("true")
io.popen("true"):close()
if not pcall(require, "nothere") then print("not there") end
refused(io.open, "secret")
refused(os.remove, "secret")
refused(os.execute, "secret")
-- Those that CPython has no like of.
local heard = {}
sys.addaudithook(function(event, args) heard[#heard + 1] = event .. " " .. tostring(args[1]) end)
pcall(dofile, "chunk")
loadfile("chunk")
pcall(io.lines, "lines")
io.output("written")
io.output(io.stdout)
pcall(io.input, "input")
package.loadlib("library", "*")
assert(table.concat(heard, ",") == "open chunk,open chunk,open lines,open written,open input,ctypes.dlopen library",
  table.concat(heard, ","))
