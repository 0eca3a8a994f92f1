-- A server that is closed, and one that is nothing but a loop: what waits for their requests says what is wrong.
local H = socketserver.class(socketserver.BaseRequestHandler)

local function told(server, method)
  local ok, e = pcall(server[method], server)
  print(e.name .. " " .. e.message:gsub(" at 0x.*", ""))
end
local function shown(value) print((repr(value):gsub(" at 0x.*", ""))) end

local server = socketserver.TCPServer({"127.0.0.1", 0}, H)
server:server_close()
told(server, "handle_request")
told(server, "serve_forever")
local base = socketserver.BaseServer({"127.0.0.1", 0}, H)
told(base, "handle_request")
told(base, "serve_forever")
shown(server)
shown({base})
