local CERTS = sys.argv[1]:match("^(.*)/") .. "/../../../certificates/"
local sc = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
sc:load_cert_chain(CERTS .. "localhost.pem")
local cc = ssl.create_default_context({cafile = CERTS .. "ca.pem"})
local a, b = socket.socketpair()
local t = task.spawn(function() return sc:wrap_socket(b, {server_side = true}) end)
local s = cc:wrap_socket(a, {server_hostname = "localhost"})
local p = t:join()
-- Tickets that came with the handshake are done with.
p:sendall("go")
print(repr(s:recv(2)))

-- Records that came together are told of one by one, whoever asks.
local function send()
  for _ = 1, 3 do
    p:sendall(("x"):rep(100))
  end
end

send()
for _ = 1, 3 do
  local r = select.select({s}, {}, {}, 5)
  print("select " .. #r .. " " .. #s:recv(100) .. " " .. s:pending())
end
print(repr((select.select({s}, {}, {}, 0))))
send()
local poll = select.poll()
poll:register(s, select.POLLIN)
while #poll:poll(100) > 0 do
  print("poll " .. #s:recv(100))
end
send()
local ep = select.epoll()
ep:register(s, select.EPOLLIN)
while #ep:poll(0.1) > 0 do
  print("epoll " .. #s:recv(100))
end
ep:modify(s, select.EPOLLIN | select.EPOLLONESHOT)
send()
for _ = 1, 3 do
  print("once " .. #ep:poll(1) .. " " .. #ep:poll(0) .. " " .. #s:recv(100))
  ep:modify(s, select.EPOLLIN | select.EPOLLONESHOT)
end
print(repr(ep:poll(0)))
ep:close()
send()
local sel = selectors.DefaultSelector()
sel:register(s, selectors.EVENT_READ)
while #sel:select(0.1) > 0 do
  print("selector " .. #s:recv(100))
end
sel:close()
s:close()
p:close()

-- A goodbye before the handshake is refused, and the handshake goes on.
a, b = socket.socketpair()
a:setblocking(false)
b:setblocking(false)
s = cc:wrap_socket(a, {server_hostname = "localhost", do_handshake_on_connect = false})
p = sc:wrap_socket(b, {server_side = true, do_handshake_on_connect = false})
local ok, e = pcall(s.unwrap, s)
print(e.reason)
local waiting = {s, p}
while #waiting > 0 do
  for i = #waiting, 1, -1 do
    local done, why = pcall(waiting[i].do_handshake, waiting[i])
    if done then
      table.remove(waiting, i)
    else
      assert(why:is(ssl.SSLWantReadError), why)
    end
  end
end
s:setblocking(true)
p:setblocking(true)
s:sendall("after all")
print(repr(p:recv(100)))
s:close()
p:close()
