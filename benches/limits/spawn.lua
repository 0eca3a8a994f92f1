-- spawn.lua COUNT: an empty task started and waited for; prints the seconds it took.
local count = tonumber(arg[1])
local spawn = task.spawn
local function nothing() end
local start = time.monotonic()
for i = 1, count do
  spawn(nothing):join()
end
print(time.monotonic() - start)
