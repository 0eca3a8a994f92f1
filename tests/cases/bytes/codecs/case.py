# bytes: text in many encodings and back, every error handler.
text = "Grüße, 世界 €\U0001f600"
for encoding in ["utf-8", "UTF8", "utf-8-sig", "utf-16", "utf-16-le", "UTF-16BE", "utf-32", "utf_32_be"]:
    data = text.encode(encoding)
    print(encoding, data.hex(), data.decode(encoding) == text)
for encoding in ["ascii", "latin-1", "iso8859-15", "cp1252", "Windows-1252", "cp437", "koi8-r", "cp037", "mac_roman", "cp1251"]:
    for errors in ["ignore", "replace", "backslashreplace", "xmlcharrefreplace"]:
        print(encoding, errors, text.encode(encoding, errors))
data = b"a\x80\xc3\xa9\xff\xe2\x82"
for encoding in ["utf-8", "ascii", "latin-1", "cp1252", "utf-16-le"]:
    for errors in ["strict", "ignore", "replace", "backslashreplace"]:
        try:
            print(encoding, errors, ascii(data.decode(encoding, errors)))
        except UnicodeDecodeError as e:
            print(encoding, errors, e)
escaped = data.decode("utf-8", "surrogateescape")
print(escaped.encode("utf-8", "surrogateescape") == data, escaped.encode("ascii", "backslashreplace"))
plain = data.decode("ascii", "surrogateescape")
print(plain.encode("ascii", "surrogateescape") == data, plain.encode("latin-1", "xmlcharrefreplace"))
high = b"\xed\xa0\x80".decode("utf-8", "surrogatepass")
print(high.encode("utf-8", "surrogatepass"), high.encode("utf-16-be", "surrogatepass"))
print("é".encode(), b"\xc3\xa9".decode() == "é", "".encode("utf-16-le"), b"".decode("utf-16") == "")
