-- turn.lua COUNT: two tasks let each other run, COUNT times in all; prints the seconds it took.
local count = tonumber(arg[1])
local sleep = task.sleep
local function restless()
  for i = 1, count // 2 do
    sleep(0)
  end
end
local start = time.monotonic()
local a, b = task.spawn(restless), task.spawn(restless)
a:join()
b:join()
print(time.monotonic() - start)
