-- Timeouts in every form they have: nine seconds of waiting by the real clock. Two of the tests fail, which is right.

-- A call must end so, and no sooner than it may.
local function ends(f, name, seconds)
  local begun = time.monotonic()
  local ok, error = pcall(f)
  expect.equal(ok and "no error" or error.name, name)
  expect.truthy(time.monotonic() - begun >= seconds)
end

local function pair(t)
  local a, b = socket.socketpair()
  t:cleanup(function() a:close() b:close() end)
  return a, b
end

local function listener(t)
  local s = socket.create_server({"127.0.0.1", 0})
  t:cleanup(function() s:close() end)
  return s
end

test("a receive gives up", function(t)
  local a, b = pair(t)
  a:settimeout(0.9)
  ends(function() a:recv(1) end, "TimeoutError", 0.9)
end)

test("an accept gives up", function(t)
  local s = listener(t)
  s:settimeout(0.9)
  ends(function() s:accept() end, "TimeoutError", 0.9)
end)

test("a datagram does not come", function(t)
  local s <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
  s:bind({"127.0.0.1", 0})
  s:settimeout(0.9)
  ends(function() s:recvfrom(10) end, "TimeoutError", 0.9)
end)

test("a send finds no room", function(t)
  local a, b = pair(t)
  a:settimeout(0.9)
  local data = ("x"):rep(1 << 20)
  ends(function() while true do a:send(data) end end, "TimeoutError", 0.9)
end)

test("the kernel's own timeout is another error", function(t)
  local a, b = pair(t)
  a:setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("qq", 0, 900000))
  ends(function() a:recv(1) end, "BlockingIOError", 0.89)
end)

test("a task is given so long", function(t)
  ends(function() task.timeout(0.9, function() task.sleep(60) end) end, "TimeoutError", 0.9)
end)

test("select waits for nobody", function(t)
  local a, b = pair(t)
  local begun = time.monotonic()
  expect.equal(#select.select({a}, {}, {}, 0.9), 0)
  expect.truthy(time.monotonic() - begun >= 0.9)
end)

test("who sleeps less is first, and late bytes come in time", function(t)
  local a, b = pair(t)
  b:settimeout(5)
  local order = {}
  local slow = task.spawn(function() task.sleep(0.9) a:send("late") order[#order + 1] = "slow" end)
  local quick = task.spawn(function() task.sleep(0.4) order[#order + 1] = "quick" end)
  expect.equal(b:recv(10), "late")
  slow:join()
  quick:join()
  expect.equal(table.concat(order, " "), "quick slow")
end)

test("this one takes longer than it may", {timeout = 0.9}, function(t)
  task.sleep(60)
end)

test("and this one fails after a while", function(t)
  task.sleep(0.9)
  expect.equal(1, 2)
end)
