local CERTS = sys.argv[1]:match("^(.*)/") .. "/../../../certificates/"

local function word(x) return x and "True" or "False" end

local function attempt(title, name, host, cafile, partial)
  local sc = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
  sc:load_cert_chain(CERTS .. name .. ".pem")
  local cc = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
  if cafile ~= false then
    cc:load_verify_locations(CERTS .. (cafile or "ca") .. ".pem")
  end
  if partial then cc.verify_flags = cc.verify_flags | ssl.VERIFY_X509_PARTIAL_CHAIN end
  local a, b = socket.socketpair()
  local t = task.spawn(function()
    local ok, s = pcall(sc.wrap_socket, sc, b, {server_side = true})
    if ok then s:close() else b:close() end
  end)
  local ok, s = pcall(cc.wrap_socket, cc, a, {server_hostname = host or "localhost"})
  if ok then
    print(title .. " connected " .. s.server_hostname)
    s:close()
  else
    local e = s
    print(table.concat({title, e.name, e.reason, e.library, e.verify_code, e.verify_message}, " "))
    print(word(e:is(ssl.SSLError)) .. " " .. word(e:is("ValueError")) .. " " .. word(e:is("OSError")) .. " " .. e.errno)
  end
  a:close()
  t:join()
end

attempt("right", "localhost")
attempt("wildcard", "localhost", "a.example.test")
attempt("wrong host", "localhost", "wrong.example")
attempt("two labels", "localhost", "a.b.example.test")
attempt("wrong address", "localhost", "127.0.0.2")
attempt("expired", "expired")
attempt("another authority", "stranger")
attempt("no authority", "localhost", nil, false)
attempt("its own authority", "stranger", nil, "other")
attempt("trusted itself", "localhost", nil, "localhost")
attempt("a part of a chain", "localhost", nil, "localhost", true)
