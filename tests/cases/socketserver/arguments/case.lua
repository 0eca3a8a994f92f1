-- Arguments that a server's and a handler's methods do not take, lack, or take by name; odd handlers; seconds below nothing.
local ADDRESS = {"127.0.0.1", 0}

local function attempt(name, f, ...)
  local ok, e = pcall(f, ...)
  print(name .. " " .. (ok and "done" or e.name))
end

local Server = socketserver.class(socketserver.TCPServer)
function Server:handle_error(request, client_address, e)
  -- What Lua itself raises is a text.
  print("told of TypeError " .. repr(e:find("attempt to call") ~= nil))
end

local Handler = socketserver.class(socketserver.BaseRequestHandler)

attempt("none", Server)
attempt("one", Server, ADDRESS)
attempt("four", Server, ADDRESS, Handler, true, 1)
attempt("unknown", Server, ADDRESS, Handler, {bind = true})
attempt("twice", Server, ADDRESS, Handler, {server_address = ADDRESS})
local server = Server(ADDRESS, Handler, {bind_and_activate = false})
server:server_close()
server = Server {server_address = ADDRESS, RequestHandlerClass = Handler}
for _, name in ipairs {"fileno", "handle_request", "shutdown", "server_close", "service_actions", "server_bind", "server_activate",
    "handle_timeout", "get_request"} do
  attempt(name, server[name], server, 1)
end
attempt("serve_forever", server.serve_forever, server, 0.1, 1)
attempt("serve_forever", server.serve_forever, server, {interval = 0.1})
attempt("verify_request", server.verify_request, server)
attempt("verify_request", server.verify_request, server, 1)
attempt("verify_request", server.verify_request, server, 1, 2)
attempt("verify_request", server.verify_request, server, 1, 2, 3)
attempt("process_request", server.process_request, server, 1, 2, 3)
attempt("finish_request", server.finish_request, server, 1)
attempt("shutdown_request", server.shutdown_request, server)
attempt("close_request", server.close_request, server, 1, 2)
attempt("handle_error", socketserver.TCPServer.handle_error, server)
for count = 0, 4 do attempt("handler", Handler, table.unpack({1, 2, 3, 4}, 1, count)) end
local handler = Handler(1, 2, 3)
attempt("setup", handler.setup, handler, 1)
attempt("mixin", socketserver.ThreadingMixIn, 1)
local threading, forking = socketserver.ThreadingMixIn(), socketserver.ForkingMixIn()
attempt("process_request", threading.process_request, threading, 1)
attempt("collect_children", forking.collect_children, forking, {blocking = true})
attempt("collect_children", forking.collect_children, forking, {waiting = true})
attempt("collect_children", forking.collect_children, forking, true)

-- No time at all.
server.timeout = -1
print(repr((server:handle_request())))
local thread = task.spawn(server.serve_forever, server, -1)
server:shutdown()
thread:join()
server:server_close()

-- What cannot be called is told of when a request has come.
for _, odd in ipairs {{}, 5, "x", false} do
  local within <close> = Server(ADDRESS, odd)
  local c <close> = socket.create_connection(within.server_address)
  within:handle_request()
  print(repr(c:recv(1) == ""))
end
