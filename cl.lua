local url = arg[1]
local c <close> = tube.connect(url, {timeout=2})
c:send("SET t "..os.time().."\r\n"); c:expect("+OK\r\n")
c:send("PING\r\nPING\r\n"); c:expect("+PONG\r\n+PONG\r\n")
c:send("GET nothing\r\n"); c:expect("$-1\r\n")
