local CERTS = sys.argv[1]:match("^(.*)/") .. "/../../../certificates/"
local sc = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
sc:load_cert_chain(CERTS .. "localhost.pem")
local cc = ssl.create_default_context({cafile = CERTS .. "ca.pem"})

local function attempt(title, f, ...)
  local ok, result = pcall(f, ...)
  if not ok then result = result.name .. " " .. tostring(result):match("^%w+: ([^\n]*)") end
  print(title .. " " .. result)
end

local a, b = socket.socketpair()
local t = task.spawn(function() return sc:wrap_socket(b, {server_side = true}) end)
local s = cc:wrap_socket(a, {server_hostname = "localhost"})
local p = t:join()

attempt("recv", s.recv, s, 10, socket.MSG_PEEK)
attempt("recv_into", s.recv_into, s, bytearray(5), 5, socket.MSG_PEEK)
attempt("send", s.send, s, "x", socket.MSG_OOB)
attempt("sendall", s.sendall, s, "x", socket.MSG_OOB)
attempt("sendto", s.sendto, s, "x", {"127.0.0.1", 1})
attempt("recvfrom", s.recvfrom, s, 10)
attempt("recvfrom_into", s.recvfrom_into, s, bytearray(5))
attempt("recvmsg", s.recvmsg, s, 10)
attempt("recvmsg_into", s.recvmsg_into, s, {bytearray(5)})
attempt("sendmsg", s.sendmsg, s, {"x"})
attempt("dup", s.dup, s)
attempt("wrap again", sc.wrap_socket, sc, socket.socket(), {server_side = true, server_hostname = "x"})
s:sendall("it still speaks")
print(repr(p:recv(100)))
s:close()
p:close()

-- Before TLS begins.
local u = cc:wrap_socket(socket.socket(), {server_hostname = "localhost"})
print(("%s %s %s %d"):format(repr(u:version()), repr((u:cipher())), repr(u:selected_alpn_protocol()), u:pending()))
attempt("getpeercert", u.getpeercert, u)
attempt("unwrap", function() u:unwrap() end)
u:close()
