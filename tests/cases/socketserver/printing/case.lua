-- How servers and classes print, and what is no number of seconds.
local Handler = socketserver.class(socketserver.StreamRequestHandler)
function Handler:handle() end

do
  local server <close> = socketserver.TCPServer({"127.0.0.1", 0}, Handler)
  print(tostring(server):sub(1, 36))
  print(socketserver.TCPServer)
  local _, e = pcall(server.serve_forever, server, "soon")
  print(e.name .. " " .. repr(e.message:find("wait_readable") ~= nil))
  server.timeout = "soon"
  _, e = pcall(server.handle_request, server)
  print(e.name .. " " .. repr(e.message:find("wait_readable") ~= nil))
  server.timeout = 0
  print(repr(server:handle_request() or nil))
end
-- A class says itself how its objects print, and those of the classes below it.
Handler.__tostring = function() return "a handler" end
assert(tostring(setmetatable({}, Handler)) == "a handler")
assert(tostring(setmetatable({}, socketserver.class(Handler))) == "a handler")
