# AF_ALG: the kernel's crypto with known vectors: hash, keyed hash, cipher, authenticated cipher, random numbers.
import socket


def operation(kind, name, key=None, tag=None):
    algorithm = socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET)
    algorithm.bind((kind, name))
    if key is not None:
        algorithm.setsockopt(socket.SOL_ALG, socket.ALG_SET_KEY, key)
    if tag is not None:
        algorithm.setsockopt(socket.SOL_ALG, socket.ALG_SET_AEAD_AUTHSIZE, None, tag)
    return algorithm.accept()


op, address = operation("hash", "sha256")
print(repr(address))
op.sendall(b"abc")
print(op.recv(32).hex())
op.sendall(b"a", socket.MSG_MORE)
op.sendall(b"bc")
print(op.recv(512).hex())

# RFC 4231, test case 2.
op, _ = operation("hash", "hmac(sha256)", b"Jefe")
op.sendall(b"what do ya want for nothing?")
print(op.recv(32).hex())

# NIST SP 800-38A, F.2.1.
key = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
iv = bytes.fromhex("000102030405060708090a0b0c0d0e0f")
plain = bytes.fromhex("6bc1bee22e409f96e93d7e117393172a")
op, _ = operation("skcipher", "cbc(aes)", key)
print(op.sendmsg_afalg([plain], op=socket.ALG_OP_ENCRYPT, iv=iv))
secret = op.recv(16)
print(secret.hex())
op.sendmsg_afalg([secret[:7], secret[7:]], op=socket.ALG_OP_DECRYPT, iv=iv)
print(op.recv(16) == plain)
print(op.sendmsg_afalg(op=socket.ALG_OP_ENCRYPT, iv=iv, flags=socket.MSG_MORE))
op.sendall(plain)
print(op.recv(16) == secret)

# The GCM specification's test case 4.
key = bytes.fromhex("feffe9928665731c6d6a8f9467308308")
iv = bytes.fromhex("cafebabefacedbaddecaf888")
plain = bytes.fromhex(
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39")
assoc = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
op, _ = operation("aead", "gcm(aes)", key, 16)
print(op.sendmsg_afalg([assoc, plain], op=socket.ALG_OP_ENCRYPT, iv=iv, assoclen=len(assoc)))
answer = op.recv(len(assoc) + len(plain) + 16)
print(answer[len(assoc):].hex())
op.sendmsg_afalg([answer], op=socket.ALG_OP_DECRYPT, iv=iv, assoclen=len(assoc))
print(op.recv(len(assoc) + len(plain))[len(assoc):] == plain)
op.sendmsg_afalg([answer[:-1] + b"?"], op=socket.ALG_OP_DECRYPT, iv=iv, assoclen=len(assoc))
try:
    op.recv(100)
except OSError as e:
    print(e)

op, _ = operation("rng", "drbg_nopr_ctr_aes256", b"seed" * 8)
print(len(op.recv(16)), op.recv(16) != op.recv(16))


def refused(f):
    try:
        f()
    except (OSError, TypeError, ValueError) as e:
        print(type(e).__name__, e)


s = socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET)
refused(lambda: s.bind(("hash", "no such hash")))
refused(lambda: s.bind(("k" * 14, "sha256")))
refused(lambda: s.bind(("hash", "n" * 64)))
refused(lambda: s.getsockname())
refused(lambda: op.sendmsg_afalg([b""]))
refused(lambda: op.sendmsg_afalg([b""], op=-1))
refused(lambda: op.sendmsg_afalg([b""], op=socket.ALG_OP_ENCRYPT, assoclen=-1))
