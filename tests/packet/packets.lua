-- Makes packets with schemas, and reads them and those of others: a line a packet, then a line a value in it.
local function told(name, path, value)
  if type(value) == "table" then
    for key, inner in pairs(value) do
      local step = type(key) == "number" and "[" .. key - 1 .. "]" or path == "" and key or "." .. key
      told(name, path .. step, inner)
    end
  elseif type(value) == "string" then
    print(name, path, "x" .. bytes.hex(value))
  else
    print(name, path, value)
  end
end

local function seen(name, kind, schema, data)
  print("packet", name, kind, bytes.hex(data))
  told(name, "", schema:dissect(data))
end

local function in_udp(name, port, data)
  local datagram = {source_port=port, destination_port=40000, data=data}
  seen(name, "ip", packet.IPV4, packet.IPV4:pack{
    source="192.0.2.1", destination="192.0.2.2", protocol="udp", payload=datagram})
end

local function dns(name, data)
  in_udp(name .. "_ip", 53, data)
  seen(name, "inner", packet.DNS, data)
end

local function ntp(name, data)
  in_udp(name .. "_ip", 123, data)
  seen(name, "inner", packet.NTP, data)
end

local function icmp(name, values)
  seen(name, "ip", packet.IPV4, packet.IPV4:pack{
    source="192.0.2.1", destination="192.0.2.2", protocol="icmp", ttl=9, id=7, df=1, payload=values})
end

dns("query", packet.DNS:pack{id=0x1234, questions={{name="www.Example.com", type="AAAA"}}})
dns("answer", packet.DNS:pack{id=0xfffe, qr=1, aa=1, ra=1, ad=1, rcode="NXDOMAIN",
  questions={{name="www.example.com"}},
  answers={
    {name="www.example.com", type="CNAME", ttl=60, rdata="web.example.com"},
    {name="web.example.com", type="A", ttl=4294967295, rdata="192.0.2.80"},
    {name="web.example.com", type="AAAA", ttl=1, rdata="2001:db8::80"},
    {name="example.com", type="MX", ttl=2, rdata={preference=10, exchange="mail.example.com"}},
    {name="example.com", type="TXT", ttl=3, rdata={"v=spf1 -all", "more"}},
    {name="_sip._udp.example.com", type="SRV", ttl=4, rdata={
      priority=1, weight=2, port=5060, target="web.example.com"}},
    {name="9.2.0.192.in-addr.arpa", type="PTR", ttl=5, rdata="web.example.com"},
  },
  authorities={
    {name="example.com", type="NS", ttl=6, rdata="ns.example.com"},
    {name="example.com", type="SOA", ttl=7, rdata={mname="ns.example.com", rname="root.example.com",
      serial=2024010101, refresh=7200, retry=3600, expire=1209600, minimum=300}},
  },
  additionals={{name=".", type="OPT", class=1232, rdata={}}}})
ntp("client", packet.NTP:pack{version=3, poll=6, precision=-20, transmit={seconds=3913056000, fraction=2147483648}})
ntp("server", packet.NTP:pack{leap="add", mode="server", stratum=2, poll=10, precision=-23, root_delay=0.5,
  root_dispersion=0.25, reference_id="\xc0\0\2\1", reference={seconds=3913056000, fraction=2147483648}})
icmp("echo", {type="echo", identifier=77, sequence=513, data="ping"})
icmp("reply", {type="echo_reply", identifier=77, sequence=513, data="ping!"})
icmp("too_large", {type="unreachable", code=4, mtu=1400, data=packet.IPV4:pack{
  source="192.0.2.2", destination="192.0.2.1", protocol=99, payload="12345678"}})
icmp("expired", {type="time_exceeded", data=packet.IPV4:pack{
  source="192.0.2.2", destination="192.0.2.1", protocol=99, payload="12345678"}})
icmp("redirect", {type="redirect", code=1, gateway="192.0.2.254", data=packet.IPV4:pack{
  source="192.0.2.2", destination="192.0.2.1", protocol=99, payload="12345678"}})
seen("frame", "can", packet.CAN, packet.CAN:pack{id=0x123, data="\1\2\3"})
seen("extended", "can", packet.CAN, packet.CAN:pack{id=0x1abcdef0, extended=1, data="\xff\0\xff\0\xff\0\xff\0"})
seen("remote", "can", packet.CAN, packet.CAN:pack{id=0x7ff, remote=1, length=0})
seen("flexible", "can", packet.CANFD, packet.CANFD:pack{id=0x321, fdf=1, brs=1, data="twelve bytes"})

-- What others sent.
for line in io.lines("real.txt") do
  local name, kind, digits = line:match("^(%S+) (%S+) (%x+)$")
  local data = name and bytes.fromhex(digits)
  if kind == "dns" then dns(name, data) elseif kind == "ntp" then ntp(name, data)
  elseif kind == "ip" then seen(name, "ip", packet.IPV4, data) end
end
