-- The kernel's crypto: a hash and a cipher, over sockets.
--
--   wirescript examples/lua/kernel_crypto.lua
local socket = require "socket"

-- a hash: bind to the algorithm, accept an operation, send what is to be hashed
do
  local algorithm <close> = socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET)
  algorithm:bind({"hash", "sha256"})
  local operation <close> = algorithm:accept()
  operation:sendall("abc")
  print(repr(operation:recv(32):sub(1, 8)))
end

-- a cipher: the key belongs to the algorithm, the vector and the direction to each message
local key, iv = "sixteen byte key", "initial vector.."
do
  local algorithm <close> = socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET)
  algorithm:bind({"skcipher", "cbc(aes)"})
  algorithm:setsockopt(socket.SOL_ALG, socket.ALG_SET_KEY, key)
  local operation <close> = algorithm:accept()
  operation:sendmsg_afalg({"attack ", "at dawn!!"}, {op=socket.ALG_OP_ENCRYPT, iv=iv})
  local secret = operation:recv(16)
  print(repr(secret))
  operation:sendmsg_afalg({secret}, {op=socket.ALG_OP_DECRYPT, iv=iv})
  print(repr(operation:recv(16)))
end

-- Needs: AF_ALG (modprobe algif_hash algif_skcipher)
-- Prints:
-- b'\xbax\x16\xbf\x8f\x01\xcf\xea'
-- b'\x17\xe3L\xca\xc65\xc0\x19\x9c\xcc5\xc2\xe3\x0b\xc2u'
-- b'attack at dawn!!'
