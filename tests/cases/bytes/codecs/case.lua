-- bytes: text in many encodings and back, every error handler.
local function truth(flag) return flag and "True" or "False" end
-- As Python's ascii() shows text.
local function ascii(text)
  return "'" .. text:gsub("\\", "\\\\"):gsub("[\x80-\xff]+", function(run)
    local shown = ""
    for _, c in utf8.codes(run, true) do
      shown = shown .. (c < 256 and "\\x%02x" or c < 65536 and "\\u%04x" or "\\U%08x"):format(c)
    end
    return shown
  end) .. "'"
end
local text = "Grüße, 世界 €\u{1f600}"
for _, encoding in ipairs{"utf-8", "UTF8", "utf-8-sig", "utf-16", "utf-16-le", "UTF-16BE", "utf-32", "utf_32_be"} do
  local data = bytes.encode(text, encoding)
  print(encoding .. " " .. bytes.hex(data) .. " " .. truth(bytes.decode(data, encoding) == text))
end
for _, encoding in ipairs{"ascii", "latin-1", "iso8859-15", "cp1252", "Windows-1252", "cp437", "koi8-r", "cp037", "mac_roman",
                          "cp1251"} do
  for _, errors in ipairs{"ignore", "replace", "backslashreplace", "xmlcharrefreplace"} do
    print(encoding .. " " .. errors .. " " .. repr(bytes.encode(text, encoding, errors)))
  end
end
local data = "a\x80\xc3\xa9\xff\xe2\x82"
for _, encoding in ipairs{"utf-8", "ascii", "latin-1", "cp1252", "utf-16-le"} do
  for _, how in ipairs{"strict", "ignore", "replace", "backslashreplace"} do
    local ok, e = pcall(bytes.decode, data, encoding, how)
    print(encoding .. " " .. how .. " " .. (ok and ascii(e) or e.message))
    assert(ok or e:is(errors.UnicodeDecodeError))
  end
end
local escaped = bytes.decode(data, "utf-8", "surrogateescape")
print(truth(bytes.encode(escaped, "utf-8", "surrogateescape") == data) .. " " .. repr(bytes.encode(escaped, "ascii", "backslashreplace")))
local plain = bytes.decode(data, {encoding = "ascii", errors = "surrogateescape"})
print(truth(bytes.encode(plain, "ascii", "surrogateescape") == data) .. " " .. repr(bytes.encode(plain, "latin-1", "xmlcharrefreplace")))
local high = bytes.decode("\xed\xa0\x80", "utf-8", "surrogatepass")
print(repr(bytes.encode(high, "utf-8", "surrogatepass")) .. " " .. repr(bytes.encode(high, "utf-16-be", "surrogatepass")))
print(repr(bytes.encode("é")) .. " " .. truth(bytes.decode("\xc3\xa9") == "é") .. " " .. repr(bytes.encode("", "utf-16-le")) .. " "
  .. truth(bytes.decode("", "utf-16") == ""))
