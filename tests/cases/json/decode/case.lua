-- json: text as values.
local function truth(flag) return flag and "True" or "False" end
for _, text in ipairs{"null", "true", "false", "0", "-7", "9223372036854775807", "-9223372036854775808", "1.5", "1e3", "-2.5E-3", "0.1",
                      "123456789.123456789"} do
  print(repr(json.decode(text)))
end
-- Lua does not tell text from bytes, which repr shows as bytes.
for _, text in ipairs{'""', '"a\\"\\\\\\/\\b\\f\\n\\r\\t"'} do print((repr(json.decode(text)):sub(2))) end
for _, text in ipairs{"[]", "[1, 2.0, [3]]", "[null, 1, null]", ' {"a" : [ {"b": false} ] } ', '{"k":1,"k":2}', '[[[[]]]]'} do
  print(repr(json.decode(text)))
end
local value = json.decode('{"name": "caf\\u00e9 \\ud83d\\ude00", "list": [1, null, 3], "none": null, "nested": {"x": -1}}')
print(truth(value.name == "café 😀") .. " " .. #value.list .. " " .. value.list[3] .. " " .. truth(value.none == nil) .. " " .. value.nested.x)
print(truth(json.decode('"\xc3\xa9"') == "é") .. " " .. truth(json.decode(("["):rep(100) .. ("]"):rep(100)) ~= nil))
assert(value.list[2] == json.null)
