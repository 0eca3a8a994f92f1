-- A server that serves its connections at the same time in one loop, told by a selector what is ready, until interrupted.
--
--   wirescript examples/lua/selectors_server.lua [HOST] [PORT]      (127.0.0.1, 50007)
--
-- Pair: two_at_once.lua
-- Ends: interrupted
local selectors = require "selectors"
local socket = require "socket"
local sys = require "sys"

local HOST = sys.argv[2] or "127.0.0.1"
local PORT = tonumber(sys.argv[3] or 50007)
local sel = selectors.DefaultSelector()
local accept, read

function accept(sock)
  local conn, addr = sock:accept()            -- it is there: this does not wait
  conn:setblocking(false)
  sel:register(conn, selectors.EVENT_READ, read)
end

function read(conn)
  local data = conn:recv(1024)
  if data ~= "" then
    print("received", repr(data))
    conn:sendall(data:upper())
  else
    sel:unregister(conn)
    conn:close()
  end
end

local server = socket.create_server({HOST, PORT})
server:setblocking(false)
sel:register(server, selectors.EVENT_READ, accept)
while true do
  for _, ready in ipairs(sel:select()) do
    ready.key.data(ready.key.fileobj)         -- what is to be done with it
  end
end

-- Prints:
-- received b'second'
-- received b'first'
-- received b'goodbye'
