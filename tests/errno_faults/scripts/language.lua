local parts = {}
for word in DATA:gmatch("[^\n]*\n?") do parts[#parts + 1] = setmetatable({word = word}, {__tostring = function(p) return p.word end}) end
table.sort({3, 1, 2}, function(a, b) return a < b end)
local co = coroutine.wrap(function() for _, part in ipairs(parts) do coroutine.yield(tostring(part)) end end)
local b = bytearray(DATA)
assert(#json.encode({a = {1, 2, 3}, text = DATA:sub(1, 50)}) > 50)
assert(struct.unpack("<I", struct.pack("<I", 7)) == 7)
assert(#bytes.hex(DATA) == 2 * #b)
for _ = 1, #parts do got(co()) end
