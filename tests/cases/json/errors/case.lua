-- json: what has no text, what is no JSON: the class, and where.
local circular = {1}
circular[2] = {itself = circular}
for _, value in ipairs{"\xff", {a = {1, "\xff"}}, print, circular, 0 / 0, {1 / 0}} do
  local ok, e = pcall(json.encode, value)
  print(ok and "no error" or e.name)
end
for _, text in ipairs{"", "nul", "[1,", "[1 2]", '{"a"}', '{"a":}', "{1:2}", '"abc', '"\t"', "01", "1.", "+1", "'a'", "[1]]", "tru",
                      '{"a":1,}', '"\\x"', "\n\n[1,\n 2,\n x]"} do
  local ok, e = pcall(json.decode, text)
  print(ok and "no error" or e.name .. " " .. (e:is(errors.ValueError) and e:is(json.JSONDecodeError) and "True" or "False") .. " "
    .. e.message:match("line %d+"))
end
local ok, e = pcall(json.decode, ("["):rep(100000))
print(e.name)
-- What Python has no form of: tables that are neither lists nor maps, and the place of what is at fault.
for _, value in ipairs{{1, a = 2}, {[1.5] = 1}, {1, [5] = 2}, {[true] = 1}, {["\xff"] = 1}} do
  local ok, e = pcall(json.encode, value)
  assert(not ok and e:is(errors.TypeError) and e.message:find("neither a list nor a map"), tostring(e))
end
assert(json.encode({1, nil, 3}) == "[1,null,3]")
local ok, e = pcall(json.encode, {x = {{}, {y = print}}})
assert(e.message == "Object of type function is not JSON serializable: at $.x[1].y", e.message)
local deep = 1
for i = 1, 101 do deep = {deep} end
local ok, e = pcall(json.encode, deep)
assert(not ok and e.name == "RecursionError")
