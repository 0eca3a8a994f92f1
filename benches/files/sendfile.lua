-- sendfile.lua PORT FILE [beside]: sends a file and waits until the peer has read it; prints the seconds it took.
local port, path, beside = tonumber(arg[1]), arg[2], arg[3]
local c <close> = socket.create_connection({"127.0.0.1", port})
local f <close> = open(path, "rb")
local done = false
local other = beside and task.spawn(function()
  while not done do
    task.sleep(0.001)
  end
end)
local start = time.monotonic()
local sent = c:sendfile(f)
local answer = c:recv(1)
print(time.monotonic() - start)
done = true
assert(answer == "!" and sent == f:tell(), "the peer has not read all")
