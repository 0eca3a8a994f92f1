-- Redis, in its own words (RESP): Debian's package redis-server.

-- A server of the test's own, without a file of its own: where to reach it.
local function start(t)
  local port = t:port()
  local found, server = pcall(tube.spawn, {
    "redis-server", "--port", tostring(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
  }, {timeout=20})
  if not found then t:skip("redis-server is not installed: " .. server.message) end
  t:cleanup(function() server:close() end)
  server:recv_until("Ready to accept connections")
  return "tcp://127.0.0.1:" .. port
end

local function connect(t, url)
  local c = tube.connect(url or start(t), {timeout=5, newline="\r\n"})
  t:cleanup(function() c:close() end)
  return c
end

-- A command as Redis wants it: a list of strings, each with its length.
local function command(...)
  local words = {...}
  local parts = {("*%d\r\n"):format(#words)}
  for _, word in ipairs(words) do parts[#parts + 1] = ("$%d\r\n%s\r\n"):format(#word, word) end
  return table.concat(parts)
end

test("it answers a ping", function(t)
  local c = connect(t)
  c:send_line("PING")
  c:expect("+PONG\r\n")
end)

test("a value comes back byte for byte", function(t)
  local c = connect(t)
  local value = "\0\r\n\xff" .. ("x"):rep(100000)
  c:send(command("SET", "key", value))
  c:expect("+OK\r\n")
  c:send(command("GET", "key"))
  c:expect(("$%d\r\n"):format(#value))
  expect.equal(c:recv_exactly(#value), value)
  c:expect("\r\n")
end)

test("commands that are sent together are answered in order", function(t)
  local c = connect(t)
  c:send(command("DEL", "n") .. command("INCR", "n"):rep(100))
  c:recv_line()
  local answers = c:recv_lines(100)
  expect.equal(answers[1], ":1")
  expect.equal(answers[100], ":100")
end)

test("an error names the command", function(t)
  local c = connect(t)
  c:send_line("NONSENSE")
  c:expect(tube.pattern("-ERR unknown command .NONSENSE.[^\r\n]*\r\n"))
end)

test("who subscribes hears what is published", function(t)
  local url = start(t)
  local listener, speaker = connect(t, url), connect(t, url)
  listener:send(command("SUBSCRIBE", "news"))
  listener:expect("*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n")
  speaker:send(command("PUBLISH", "news", "hello"))
  speaker:expect(":1\r\n")
  listener:expect("*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n")
end)
