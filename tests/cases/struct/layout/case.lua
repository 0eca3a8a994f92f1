-- struct: the size of every pair of formats in every byte order, with counts between: alignment, and none.
local letters = "xcbB?hHiIlLqQefdspnNP"
for _, order in ipairs{"", "@", "=", "<", ">", "!"} do
  for one in letters:gmatch(".") do
    local sizes = {}
    for other in letters:gmatch(".") do
      for _, count in ipairs{"", "0", "3"} do
        local ok, size = pcall(struct.calcsize, order .. one .. count .. other)
        sizes[#sizes + 1] = ok and size or -1
      end
    end
    print(order .. one .. " " .. table.concat(sizes, " "))
  end
end
for _, format in ipairs{"b h i q", "q i h b", "b0i", "b0q b0q", "3s0l", "\t2h\n3B\r 4x", "10s 5p x", "c2xh", "hhl", "hlh", "lhh0l",
                        "?3?i"} do
  print(("%s %d %d"):format(repr(format):sub(2), struct.calcsize(format), struct.calcsize("<" .. format)))
end
