local server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
server:load_cert_chain(CERTIFICATES .. "localhost.pem")
local client = ssl.create_default_context({cafile = CERTIFICATES .. "ca.pem"})
local a, b = socket.socketpair()
task.group(function()
  task.spawn(function()
    local s = server:wrap_socket(a, {server_side = true})
    s:sendall(DATA)
    s:unwrap():close()
  end)
  local s = client:wrap_socket(b, {server_hostname = "localhost"})
  while true do
    local data = s:recv(1000)
    if #data == 0 then break end
    got(data)
  end
  s:unwrap():close()
end)
