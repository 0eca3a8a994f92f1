-- A blocking connect that was refused leaves the socket as new.
local s = socket.socket()
local told = {}
for place = 1, 4 do told[place] = s:connect_ex({"127.0.0.1", 1}) end
print(repr(told))
print(s:getsockname()[1])
local _, e = pcall(s.recv, s, 1)
print(repr(e.errno))
s:listen()
s:close()
