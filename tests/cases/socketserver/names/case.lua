-- What classes are called, and those derived from them without a name of their own.
print(repr(socketserver.TCPServer) .. " " .. repr(socketserver.StreamRequestHandler))
print(repr(socketserver.ThreadingMixIn))
assert(repr(socketserver) == "<module 'socketserver'>")
assert(repr(socketserver.class(socketserver.UDPServer)) == "<class 'socketserver.UDPServer'>")
-- What only looks so is a table.
assert(repr({__name = "x"}):find("__name") and repr(setmetatable({}, {__name = "socketserver"})) == "[]")
