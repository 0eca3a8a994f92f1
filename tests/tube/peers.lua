-- Peers of every kind: TCP over both IPs, Unix sockets by path and by abstract name, UDP with several at once.
local function meet(url)
  local listener = tube.listen(url, {timeout=5})
  local server = task.spawn(function() return listener:accept() end)
  local t = tube.connect(listener.url, {timeout=5})
  return t, server:join(), listener
end

for _, url in ipairs {"tcp://127.0.0.1:0", "tcp://localhost:0", "tcp://[::1]:0", "unix:///%s", "unix://@wirescript-%s"} do
  local path = os.tmpname()
  os.remove(path)
  url = url:gsub("/?%%s", function(whole) return whole:sub(1, 1) == "/" and path or path:gsub("/", "-") end)
  local t, peer, listener = meet(url)
  t:send("\0ping\xff")
  print(repr(peer:recv_exactly(6)))
  peer:send_line("pong")
  print(repr(t:recv_line()), listener.port == nil, t.closed)
  peer:close()
  print(repr(t:recv()))
  t:close()
  listener:close()
  print(io.open(path), listener.closed, pcall(listener.accept, listener))
end

-- Each peer of UDP has a tube of its own, also what it sent before; datagrams keep their ends.
local listener = tube.listen("udp://127.0.0.1:0", {timeout=5})
local a, b = tube.connect(listener.url), tube.connect(listener.url)
a:send("a1")
b:send("b1")
a:send("")
a:send("a2")
b:send("b2 and more")
local to_a, to_b = listener:accept(), listener:accept()
print(repr(to_a:recv()), repr(to_a:recv()), repr(to_a:recv()))
print(repr(to_b:recv()), repr(to_b:recv_exactly(3)), repr(to_b:recv()))
to_b:send("to b")
to_a:send("to a")
print(repr(a:recv()), repr(b:recv()))
b:send("b3")
a:send("a3")
print(repr(to_a:recv()), repr(to_b:recv()))
local ok, e = pcall(listener.accept, listener, {timeout=0.02})
print(ok, e.name)

-- Whom nobody answers.
listener:close()
local gone = tube.listen("tcp://127.0.0.1:0")
gone:close()
local ok, e = pcall(tube.connect, gone.url)
print(ok, e.name)
for _, bad in ipairs {"127.0.0.1:80", "tcp://::1:80", "tcp://host", "gopher://host:70"} do
  local ok, e = pcall(tube.connect, bad)
  print(ok, e)
end
