-- A group ends when all in it have ended, its first failure cancels the others, and a timeout ends what waits inside.
local done = {}
task.group(function()
  for _, n in ipairs {3, 1, 2} do
    task.spawn(function()
      task.sleep(0.02 * n)
      done[#done + 1] = n
    end)
  end
end)
print(repr(done))

local cancelled = {}
local ok, e = pcall(task.group, function()
  for n = 1, 2 do
    task.spawn(function()
      local ok, e = pcall(task.sleep, 100)
      if e:is("CancelledError") then cancelled[#cancelled + 1] = n end
      error(e)
    end)
  end
  task.spawn(function()
    task.sleep(0.01)
    error(errors.ValueError("first"))
  end)
end)
print(e.message)
table.sort(cancelled)
print(repr(cancelled))

ok, e = pcall(task.timeout, 0.01, task.sleep, 100)
print(e.name)
print(task.timeout(60, function()
  task.sleep(0)
  return "in time"
end))
