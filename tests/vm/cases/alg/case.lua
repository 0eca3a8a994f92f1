-- AF_ALG: the kernel's crypto with known vectors: hash, keyed hash, cipher, authenticated cipher, random numbers.
local socket = require "socket"

local function unhex(text)
  return (text:gsub("%x%x", function(digits) return string.char(tonumber(digits, 16)) end))
end

local function hex(data)
  return (data:gsub(".", function(letter) return string.format("%02x", letter:byte()) end))
end

local function operation(kind, name, key, tag)
  local algorithm <close> = socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET)
  algorithm:bind({kind, name})
  if key then
    algorithm:setsockopt(socket.SOL_ALG, socket.ALG_SET_KEY, key)
  end
  if tag then
    algorithm:setsockopt(socket.SOL_ALG, socket.ALG_SET_AEAD_AUTHSIZE, nil, tag)
  end
  return algorithm:accept()
end

local op, address = operation("hash", "sha256")
print(repr(address))
op:sendall("abc")
print(hex(op:recv(32)))
op:sendall("a", socket.MSG_MORE)
op:sendall("bc")
print(hex(op:recv(512)))

-- RFC 4231, test case 2.
op = operation("hash", "hmac(sha256)", "Jefe")
op:sendall("what do ya want for nothing?")
print(hex(op:recv(32)))

-- NIST SP 800-38A, F.2.1.
local key = unhex("2b7e151628aed2a6abf7158809cf4f3c")
local iv = unhex("000102030405060708090a0b0c0d0e0f")
local plain = unhex("6bc1bee22e409f96e93d7e117393172a")
op = operation("skcipher", "cbc(aes)", key)
print(op:sendmsg_afalg({plain}, {op=socket.ALG_OP_ENCRYPT, iv=iv}))
local secret = op:recv(16)
print(hex(secret))
op:sendmsg_afalg({secret:sub(1, 7), secret:sub(8)}, {op=socket.ALG_OP_DECRYPT, iv=iv})
print(repr(op:recv(16) == plain))
print(op:sendmsg_afalg({op=socket.ALG_OP_ENCRYPT, iv=iv, flags=socket.MSG_MORE}))
op:sendall(plain)
print(repr(op:recv(16) == secret))

-- The GCM specification's test case 4.
key = unhex("feffe9928665731c6d6a8f9467308308")
iv = unhex("cafebabefacedbaddecaf888")
plain = unhex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
  .. "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39")
local assoc = unhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
op = operation("aead", "gcm(aes)", key, 16)
print(op:sendmsg_afalg({assoc, plain}, {op=socket.ALG_OP_ENCRYPT, iv=iv, assoclen=#assoc}))
local answer = op:recv(#assoc + #plain + 16)
print(hex(answer:sub(#assoc + 1)))
op:sendmsg_afalg({answer}, {op=socket.ALG_OP_DECRYPT, iv=iv, assoclen=#assoc})
print(repr(op:recv(#assoc + #plain):sub(#assoc + 1) == plain))
op:sendmsg_afalg({answer:sub(1, -2) .. "?"}, {op=socket.ALG_OP_DECRYPT, iv=iv, assoclen=#assoc})
local ok, e = pcall(op.recv, op, 100)
print(e.message)

op = operation("rng", "drbg_nopr_ctr_aes256", ("seed"):rep(8))
print(#op:recv(16) .. " " .. repr(op:recv(16) ~= op:recv(16)))

local function refused(f)
  local ok, e = pcall(f)
  print(e.name .. " " .. e.message)
end

local s <close> = socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET)
refused(function() s:bind({"hash", "no such hash"}) end)
refused(function() s:bind({("k"):rep(14), "sha256"}) end)
refused(function() s:bind({"hash", ("n"):rep(64)}) end)
refused(function() s:getsockname() end)
refused(function() op:sendmsg_afalg({""}) end)
refused(function() op:sendmsg_afalg({""}, {op=-1}) end)
refused(function() op:sendmsg_afalg({""}, {op=socket.ALG_OP_ENCRYPT, assoclen=-1}) end)
