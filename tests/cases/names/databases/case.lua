-- Services, protocols and hosts from the system's data bases.
local socket = require "socket"


local function show(f, ...)
  local ok, e = pcall(f, ...)
  if ok then
    print(e)
  else
    print(e.name .. " " .. e.message)
  end
end

show(socket.getservbyname, "http")
show(socket.getservbyname, "domain", "udp")
show(socket.getservbyname, "http", "no such protocol")
show(socket.getservbyname, "no such service")
show(socket.getservbyport, 22)
show(socket.getservbyport, 53, "udp")
show(socket.getservbyport, 1)
show(socket.getservbyport, 65536)
show(socket.getservbyport, -1)
show(socket.getprotobyname, "icmp")
show(socket.getprotobyname, "tcp")
show(socket.getprotobyname, "no such protocol")
show(socket.gethostbyname, "localhost")
show(socket.gethostbyname, "127.0.0.1")
show(socket.gethostbyname, "")
show(socket.gethostbyname, "<broadcast>")
local name, aliases, addresses = socket.gethostbyname_ex("127.0.0.1")
print(name .. " " .. #aliases .. " " .. addresses[1])
local name, aliases, addresses = socket.gethostbyname_ex("localhost")
print(name .. " " .. addresses[1])
local name, aliases, addresses = socket.gethostbyaddr("127.0.0.1")
print(name .. " " .. addresses[1])
show(socket.gethostbyname, "no-such-host.invalid.")
show(socket.gethostbyname_ex, "::1")
print(socket.getfqdn("no-such-host.invalid."))
print(socket.getfqdn(" 203.0.113.77 "))
