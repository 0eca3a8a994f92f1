-- struct: every whole number format in every byte order, with numbers at the edges of every size.
local numbers = {math.mininteger, -(1 << 31) - 1, -(1 << 31), -32769, -32768, -129, -128, -1, 0, 1, 127, 128, 255, 256, 32767, 32768,
  65535, 65536, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, 1 << 32, math.maxinteger}
for order in ("@=<>!"):gmatch(".") do
  for code in ("bBhHiIlLqQnNP"):gmatch(".") do
    for _, n in ipairs(numbers) do
      local ok, e = pcall(function()
        local packed = struct.pack(order .. code, n)
        local back = n
        if n >= 0 or code ~= "P" then back = struct.unpack(order .. code, packed) end
        print(("%s %d %s %s"):format(order .. code, n, bytes.hex(packed), back == n and "True" or "False"))
      end)
      if not ok then
        assert(e:is(struct.error))
        print(("%s %d %s"):format(order .. code, n, e.message))
      end
    end
  end
end
