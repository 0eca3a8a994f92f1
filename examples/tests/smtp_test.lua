-- An SMTP server: Debian's package python3-aiosmtpd.

local function connect(t)
  local port = t:port()
  -- It prints what it is sent; without buffering, so that a test can look.
  local found, server = pcall(tube.spawn, {"aiosmtpd", "-n", "-l", "127.0.0.1:" .. port}, {env={PYTHONUNBUFFERED="1"}})
  if not found then t:skip("aiosmtpd is not installed: " .. server.message) end
  t:cleanup(function() server:close() end)
  local last = time.monotonic() + 30
  while true do
    local reached, c = pcall(tube.connect, "tcp://127.0.0.1:" .. port, {timeout=10, newline="\r\n"})
    if reached then
      t:cleanup(function() c:close() end)
      return c, server
    end
    if time.monotonic() > last then error(c) end
    task.sleep(0.02)
  end
end

test("a mail is taken, and ends where it should", function(t)
  local c, server = connect(t)
  c:expect(tube.pattern("220 [^\r\n]*SMTP[^\r\n]*\r\n"))
  c:send_line("EHLO client.example")
  c:expect(tube.pattern("(250-[^\r\n]*\r\n)*250 [^\r\n]*\r\n"))
  c:send_line("MAIL FROM:<a@example.org>")
  c:expect("250 OK\r\n")
  c:send_line("RCPT TO:<b@example.org>")
  c:expect("250 OK\r\n")
  c:send_line("DATA")
  c:expect(tube.pattern("354 [^\r\n]*\r\n"))
  c:send("Subject: hello\r\n\r\n..a line that begins with a dot\r\n.\r\n")
  c:expect("250 OK\r\n")
  c:send_line("QUIT")
  c:expect("221 Bye\r\n")
  expect.equal(c:recv_all(), "")
  expect.contains(server:recv_until("END MESSAGE"), "\n.a line that begins with a dot\n")
end)

test("an order that makes no sense is refused", function(t)
  local c = connect(t)
  c:recv_line()
  c:send_line("HELO client.example")
  c:expect(tube.pattern("250 [^\r\n]*\r\n"))
  c:send_line("DATA")
  c:expect("503 Error: need RCPT command\r\n")
  c:send_line("WHAT")
  c:expect("500 Error: command \"WHAT\" not recognized\r\n")
end)
