-- struct: floats of three sizes: rounding to the nearest, ties to even, infinities, what is too large.
local inf = math.huge
local numbers = {0.0, -0.0, 1.0, -2.5, 0.1, 1 / 3, 2.0^-24, 2.0^-25, 2.0^-25 * 1.001, 6e-8, 1e-45, 7e-46, 1e-40, 5e-324, 65504.0,
  65519.0, 65520.0, -65520.0, 2049.0, 2051.0, 3.4028234663852886e38, 3.4028235677973366e38, 1e300, -1e300, inf, -inf, 3}
for order in ("@=<>!"):gmatch(".") do
  for code in ("efd"):gmatch(".") do
    for _, n in ipairs(numbers) do
      local shown = repr(n == 3 and 3.0 or n)
      local ok, e = pcall(function()
        local packed = struct.pack(order .. code, n)
        print(("%s %s %s %s"):format(order .. code, shown, bytes.hex(packed), repr((struct.unpack(order .. code, packed)))))
      end)
      if not ok then
        assert(e:is(errors.OverflowError), e)
        print(("%s %s %s"):format(order .. code, shown, e.message))
      end
    end
    local nan = struct.unpack(order .. code, struct.pack(order .. code, 0 / 0))
    print(order .. code .. " " .. repr(nan))
  end
end
for code in ("efd"):gmatch(".") do
  for i = 1, 4 do
    local bad = ({nil, "1", "1", {1}})[i]
    local ok, e = pcall(struct.pack, code, bad)
    assert(not ok and e:is(struct.error))
    print(code .. " " .. e.message)
  end
end
