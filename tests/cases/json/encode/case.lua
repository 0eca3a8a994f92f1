-- json: values as text, without blanks and with their keys in order.
print(json.encode(nil))
print(json.encode(true))
print(json.encode(false))
for _, value in ipairs{0, -1, math.maxinteger, math.mininteger, 0.5, 1.0, 1e16, -0.0, 1e-7, 0.1, "", "a\"b\\c/d",
                       "\n\t\r\b\f\0\x1f\x7f", "é世😀", {}, {1, {2, {3}}}, {json.null, 1, json.null},
                       {b = 1, a = {true, {z = "y"}}}, {[""] = 0}, {["é"] = 1, e = 2, f = 3}} do
  print(json.encode(value))
end
local deep = 1
for i = 1, 100 do deep = {deep} end
print(#json.encode(deep))
