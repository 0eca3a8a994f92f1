-- raise.lua COUNT: an error object raised and caught; prints the seconds it took.
local count = tonumber(arg[1])
local closed = socket.socket()
closed:close()
local recv, pcall = closed.recv, pcall
local start = time.monotonic()
for i = 1, count do
  pcall(recv, closed, 1)
end
print(time.monotonic() - start)
local ok, e = pcall(recv, closed, 1)
assert(not ok and e.code == "EBADF", "recv on a closed socket must raise")
