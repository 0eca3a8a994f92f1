-- So many handshakes at once, both sides of each, beside a task that sleeps a millisecond and one that has a byte sent back:
-- prints how late the one woke and how long the other waited at most, in seconds, the handshakes a second, and what the first
-- two were in processor time of this program, which others on the machine do not lengthen.
local identity, count = sys.argv[2], tonumber(sys.argv[3])
local mine = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
mine:load_cert_chain(identity)
local theirs = ssl.create_default_context({cafile = identity})

local latest, longest, running = 0, 0, true
local latest_used, longest_used = 0, 0
local sleeper = task.spawn(function()
  while running do
    local before, used = time.monotonic(), os.clock()
    task.sleep(0.001)
    latest = math.max(latest, time.monotonic() - before - 0.001)
    latest_used = math.max(latest_used, os.clock() - used - 0.001)
  end
end)
local near, far = socket.socketpair()
local echo = task.spawn(function()
  while true do
    local byte = far:recv(1)
    if byte == "" then break end
    far:sendall(byte)
  end
end)
local asker = task.spawn(function()
  while running do
    local before, used = time.monotonic(), os.clock()
    near:sendall("x")
    near:recv(1)
    longest = math.max(longest, time.monotonic() - before)
    longest_used = math.max(longest_used, os.clock() - used)
    task.sleep(0.001)
  end
  near:close()
end)

local begun, tasks = time.monotonic(), {}
for _ = 1, count do
  local a, b = socket.socketpair()
  tasks[#tasks + 1] = task.spawn(function()
    theirs:wrap_socket(a, {server_hostname = "localhost"}):close()
  end)
  tasks[#tasks + 1] = task.spawn(function()
    mine:wrap_socket(b, {server_side = true}):close()
  end)
end
for _, one in ipairs(tasks) do one:join() end
local took = time.monotonic() - begun
running = false
sleeper:join()
asker:join()
echo:join()
print(latest, longest, count / took, latest_used, longest_used)
