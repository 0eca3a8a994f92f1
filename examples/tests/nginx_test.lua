-- nginx, over HTTP/1.1: Debian's package nginx-light.

local CONFIG = [[
daemon off;
master_process off;
pid %s/pid;
error_log stderr;
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path %s/body;
  proxy_temp_path %s/proxy;
  fastcgi_temp_path %s/fastcgi;
  uwsgi_temp_path %s/uwsgi;
  scgi_temp_path %s/scgi;
  server {
    listen 127.0.0.1:%d;
    root %s;
    location = /teapot { return 418 "short and stout\n"; }
  }
}
]]

local function write(path, text)
  local f = open(path, "w")
  f:write(text)
  f:close()
end

-- A server of the test's own in a folder that goes with it, and a conversation with it.
local function connect(t)
  local folder, port = t:folder(), t:port()
  local config = CONFIG:gsub("%%s", folder):gsub("%%d", tostring(port))
  write(folder .. "/nginx.conf", config)
  write(folder .. "/hello.txt", "hello, world\n")
  local server
  for _, name in ipairs {"nginx", "/usr/sbin/nginx"} do
    local found, started = pcall(tube.spawn, {name, "-e", "stderr", "-p", folder, "-c", folder .. "/nginx.conf"}, {stderr="stdout"})
    if found then
      server = started
      break
    end
  end
  if not server then t:skip("nginx is not installed") end
  t:cleanup(function() server:close() end)
  -- It does not say when it is ready: it is when it can be reached.
  local last = time.monotonic() + 20
  while true do
    local reached, c = pcall(tube.connect, "tcp://127.0.0.1:" .. port, {timeout=5, newline="\r\n"})
    if reached then
      t:cleanup(function() c:close() end)
      return c
    end
    if time.monotonic() > last then error(repr(server:recv_all({timeout=0}))) end
    task.sleep(0.01)
  end
end

-- Status, headers and body of the answer that comes next.
local function answer(c, has_body)
  local status = c:recv_line()
  local headers = {}
  for line in c:recv_until("\r\n\r\n"):gmatch("([^\r\n]+)\r\n") do
    local name, value = line:match("^([^:]+): *(.*)$")
    headers[name:lower()] = value
  end
  local body = has_body and c:recv_exactly(tonumber(headers["content-length"])) or ""
  return status, headers, body
end

test("a file is served, and the connection serves another", function(t)
  local c = connect(t)
  for _ = 1, 2 do
    c:send("GET /hello.txt HTTP/1.1\r\nHost: localhost\r\n\r\n")
    local status, headers, body = answer(c, true)
    expect.equal(status, "HTTP/1.1 200 OK")
    expect.equal(headers["content-type"], "text/plain")
    expect.equal(body, "hello, world\n")
  end
end)

test("a head has no body", function(t)
  local c = connect(t)
  c:send("HEAD /hello.txt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
  local status, headers = answer(c, false)
  expect.equal(status, "HTTP/1.1 200 OK")
  expect.equal(headers["content-length"], "13")
  expect.equal(c:recv_all(), "")
end)

test("what is not there is not found", function(t)
  local c = connect(t)
  c:send("GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n")
  expect.equal((answer(c, true)), "HTTP/1.1 404 Not Found")
  c:send("GET /teapot HTTP/1.1\r\nHost: localhost\r\n\r\n")
  local status, _, body = answer(c, true)
  expect.equal(status, "HTTP/1.1 418 ")
  expect.equal(body, "short and stout\n")
end)

test("what is no HTTP is refused", function(t)
  local c = connect(t)
  c:send("\x16\x03\x01 hello\r\n\r\n")
  c:expect(tube.pattern("(HTTP/1.1 400 Bad Request\r\n|<html>)"))
end)
