-- A virtual Bluetooth controller: standard input and output are /dev/vhci, which gives a packet a read and takes one a
-- write. Every command is answered with "complete", success and zeros, but for those that ask for more.
local ANSWERS = {
  [0x0c03] = "", -- reset: nothing more
  [0x1005] = "\xff\x03\x40\x08\x00\x08\x00", -- sizes and numbers of its buffers
  [0x1009] = "\x55\x44\x33\x22\x11\x00", -- its address
}

io.stdout:write("\xff\x00")
io.stdout:flush()
while true do
  local kind = io.read(1)
  if not kind then
    break
  end
  if kind == "\x01" then
    local operation, length = string.unpack("<I2I1", io.read(3))
    if length > 0 then
      io.read(length)
    end
    local told = ANSWERS[operation] or ("\0"):rep(251)
    told = string.pack("<I1I2I1", 1, operation, 0) .. told
    io.stdout:write(string.pack("<I1I1s1", 4, 0x0e, told))
    io.stdout:flush()
  elseif kind == "\xff" then
    io.read(3) -- the number it was given
  end
end
