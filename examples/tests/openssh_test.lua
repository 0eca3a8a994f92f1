-- OpenSSH's server, as far as the beginning of the key exchange (RFC 4253): Debian's package openssh-server.

local SSHD = "/usr/sbin/sshd"

local function run(argv)
  local p = tube.spawn(argv, {stderr="stdout", timeout=30})
  local said = p:recv_all()
  local status = p:wait()
  p:close()
  return status, said
end

local function connect(t)
  local folder, port = t:folder(), t:port()
  local key = folder .. "/key"
  local found, status = pcall(run, {"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key})
  if not found or not pcall(function() open(SSHD, "rb"):close() end) then t:skip("openssh-server is not installed") end
  expect.equal(status, 0)
  local f = open(folder .. "/config", "w")
  f:write(("Port %d\nListenAddress 127.0.0.1\nHostKey %s\nPidFile none\nUsePAM no\n"):format(port, key))
  f:close()
  local server = tube.spawn({SSHD, "-D", "-e", "-f", folder .. "/config"}, {stderr="stdout", timeout=20})
  t:cleanup(function() server:close() end)
  local ready, e = pcall(server.recv_until, server, "Server listening on")
  if not ready then t:skip("sshd does not start here: " .. tostring(e.partial)) end
  local c = tube.connect("tcp://127.0.0.1:" .. port, {timeout=10, newline="\r\n"})
  t:cleanup(function() c:close() end)
  return c
end

test("it says who it is and begins to exchange keys", function(t)
  local c = connect(t)
  c:expect(tube.pattern("SSH-2\\.0-OpenSSH_[^\r\n]+\r\n"))
  c:send_line("SSH-2.0-wirescript_1")
  -- A packet: its length, the length of its padding, its kind.
  local length, padding, kind = struct.unpack(">IBB", c:recv_exactly(6))
  expect.equal(kind, 20)
  expect.truthy(padding >= 4 and (length + 4) % 8 == 0)
  local packet = c:recv_exactly(length - 2)
  -- Sixteen random bytes, then lists of names.
  local exchanges = string.unpack(">s4", packet, 17)
  expect.contains(exchanges, "curve25519-sha256")
end)

test("whoever speaks something else is told so", function(t)
  local c = connect(t)
  c:recv_line()
  c:send_line("GET / HTTP/1.1")
  c:recv_until("Invalid SSH identification string.")
end)
