-- dnsmasq, over DNS by UDP and TCP: Debian's package dnsmasq-base.

local function start(t)
  local port = t:port()
  local server
  for _, name in ipairs {"dnsmasq", "/usr/sbin/dnsmasq"} do
    local found, started = pcall(tube.spawn, {
      name, "--no-daemon", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--pid-file=", "--user=",
      "--port=" .. port, "--listen-address=127.0.0.1", "--bind-interfaces", "--address=/wire.test/192.0.2.7",
      "--log-facility=-",
    }, {stderr="stdout", timeout=20})
    if found then
      server = started
      break
    end
  end
  if not server then t:skip("dnsmasq is not installed") end
  t:cleanup(function() server:close() end)
  server:recv_until("started")
  return "127.0.0.1:" .. port
end

-- A question for an address of IPv4.
local function question(id, name)
  local labels = name:gsub("([^.]+)%.?", function(label) return string.pack("s1", label) end)
  return struct.pack(">HHHHHH", id, 0x0100, 1, 0, 0, 0) .. labels .. struct.pack(">BHH", 0, 1, 1)
end

-- Its answer begins with the question, whose flags differ, and ends with the address.
local function check(answer, asked, address)
  local id, flags, questions, answers = table.unpack({struct.unpack_from(">HHHH", answer)})
  expect.equal(id, (struct.unpack_from(">H", asked)))
  expect.equal(flags & 0x800f, 0x8000)
  expect.equal(questions, 1)
  expect.equal(answers, 1)
  expect.bytes(answer:sub(13, #asked), asked:sub(13))
  expect.bytes(answer:sub(-4), address)
end

test("a name is answered by UDP", function(t)
  local c = tube.connect("udp://" .. start(t), {timeout=5})
  t:cleanup(function() c:close() end)
  for id = 1, 3 do
    local asked = question(id, "host.wire.test")
    c:send(asked)
    check(c:recv(), asked, "\192\0\2\7")
  end
end)

test("a name is answered by TCP, behind its length", function(t)
  local c = tube.connect("tcp://" .. start(t), {timeout=5})
  t:cleanup(function() c:close() end)
  local asked = question(4660, "wire.test")
  c:send(string.pack(">s2", asked))
  local size = struct.unpack(">H", c:recv_exactly(2))
  check(c:recv_exactly(size), asked, "\192\0\2\7")
end)
