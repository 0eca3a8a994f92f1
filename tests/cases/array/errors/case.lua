-- array: numbers that do not fit, items that are none, places outside: CPython's texts.
local numbers = {-1, 128, 256, 32768, 65536, 1 << 31, 1 << 32, -(1 << 31) - 1, math.mininteger, math.maxinteger}
for code in ("bBhHiIlLqQ"):gmatch(".") do
  for _, n in ipairs(numbers) do
    local ok, e = pcall(function() print(("%s %d %s"):format(code, n, array(code, {n})[1] == n and "True" or "False")) end)
    if not ok then
      assert(e:is(errors.OverflowError))
      print(("%s %d %s"):format(code, n, e.message))
    end
  end
end
local a = array("i", {1, 2})
local function set_item(i, x) a[i] = x end
for _, call in ipairs{
  {array, "i", "abc"}, {array, "h", "x"}, {array, "i", 5},
  {a.frombytes, a, "abc"}, {a.fromlist, a, 5}, {a.extend, a, array("h", {1})}, {a.extend, a, 5},
  {a.index, a, 9}, {a.index, a, 1, 1}, {a.remove, a, 9}, {a.pop, a, 2}, {a.pop, a, -3}, {a.pop, array("i")},
  {set_item, 3, 1}, {set_item, -3, 1}, {set_item, 1, 1 << 31}, {a.append, a, 1 << 31},
  {a.insert, a, 0, -(1 << 31) - 1}, {a.fromlist, a, {1, 1 << 40}},
} do
  local ok, e = pcall(table.unpack(call))
  print(ok and "no error" or e.name .. " " .. e.message)
end
print(a)
