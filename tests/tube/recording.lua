-- What a server said is recorded, and said again with the server stopped; a byte that differs is shown.
local command, kind = arg[1], arg[2]
local lines = {newline="\r\n", timeout=30}

local start = {
  http = function()
    local open_page <close> = open("page.txt", "w")
    open_page:write("hello, world\n")
    open_page:close()
    local server = tube.spawn({"python3", "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"},
      {stderr="stdout", timeout=30})
    return server, tonumber(server:recv_regex("port (\\d+)", {capture=true})[2])
  end,
  smtp = function()
    local probe = socket.create_server({"127.0.0.1", 0})
    local port = probe:getsockname()[2]
    probe:close()
    local server = tube.spawn({"aiosmtpd", "-n", "-l", "127.0.0.1:" .. port})
    for _ = 1, 3000 do
      local ok, c = pcall(tube.connect, "tcp://127.0.0.1:" .. port)
      if ok then c:close() break end
      task.sleep(0.01)
    end
    return server, port
  end,
}

-- What the client says, in the pieces and with the words of the time.
local say = {
  http = function(c, number, page)
    c:send("GET /" .. page .. " HTTP/1.0\r\n")
    c:send("X-Request: " .. number .. "\r\n\r\n")
    return c:recv_all()
  end,
  smtp = function(c, number, to)
    local said = {c:recv_line()}
    for _, line in ipairs {"HELO client", "MAIL FROM:<a@x.org>", "RCPT TO:<" .. to .. "@x.org>"} do
      c:send_line(line)
      said[#said + 1] = c:recv_line()
    end
    c:send_line("DATA")
    said[#said + 1] = c:recv_line()
    c:send("Message-ID: <" .. number .. "@x.org>\r\n\r\nhello\r\n.\r\n")
    said[#said + 1] = c:recv_line()
    c:send_line("QUIT")
    said[#said + 1] = c:recv_line()
    return table.concat(said, "\n") .. c:recv_all()
  end,
}
local speak, right, wrong = say[kind], kind == "http" and "page.txt" or "bob", kind == "http" and "page.txx" or "bib"

local server, port = start[kind]()
local recorder = tube.spawn({command, "record", "--listen", "tcp://127.0.0.1:0", "--to", "tcp://127.0.0.1:" .. port,
  "-o", "said.jsonl", "--connections", "1"}, {stderr="stdout", timeout=30})
local url = recorder:recv_regex("recording (\\S+) to", {capture=true})[2]
local c = tube.connect(url, lines)
local answer = speak(c, 17, right)
c:close()
print(recorder:wait(), #answer > 50)
recorder:close()
server:close()
print(pcall(tube.connect, "tcp://127.0.0.1:" .. port) == false)

local t = tube.replay("said.jsonl", lines)
print(speak(t, 17, right) == answer)
local masked = tube.replay("said.jsonl", {masks={"X-Request: \\d+", "Message-ID: <\\d+"}, newline="\r\n"})
print(speak(masked, 123456, right) == answer)
local ok, e = pcall(speak, tube.replay("said.jsonl", lines), 17, wrong)
print(ok, e.name, e.message:match("in turn %d+: expected"), e.message:find("^^", 1, true) ~= nil)

-- To a client of its own, over the network.
local listener = tube.listen("tcp://127.0.0.1:0")
for _, word in ipairs {right, wrong} do
  local player = task.spawn(function()
    local client = listener:accept()
    local ok, e = pcall(client.replay, client, "said.jsonl")
    client:close()
    return ok, e and e.name
  end)
  local c = tube.connect(listener.url, lines)
  local _, got = pcall(speak, c, 17, word)
  c:close()
  print(got == answer, player:join())
end
listener:close()
