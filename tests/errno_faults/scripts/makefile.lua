local a, b = socket.socketpair()
task.group(function()
  task.spawn(function()
    local out <close> = a:makefile("wb")
    for at = 1, #DATA, 100 do out:write(DATA:sub(at, at + 99)) end
    out:flush()
    out:close()
    a:close()
  end)
  local lines <close> = b:makefile("rb")
  got(lines:read(10))
  for line in lines:lines() do got(line) end
  b:close()
end)
