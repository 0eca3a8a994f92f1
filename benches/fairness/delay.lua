-- delay.lua COUNT: beside a task that calculates for ever, how late a timer of one millisecond is; prints each, in seconds.
local count = tonumber(arg[1])
task.spawn(function() while true do end end)
for _ = 1, count do
  local start = time.monotonic()
  task.sleep(0.001)
  print(time.monotonic() - start - 0.001)
end
sys.exit()
