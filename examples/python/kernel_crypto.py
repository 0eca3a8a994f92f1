import socket

# a hash: bind to the algorithm, accept an operation, send what is to be hashed
with socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET) as algorithm:
    algorithm.bind(("hash", "sha256"))
    operation, _ = algorithm.accept()
    with operation:
        operation.sendall(b"abc")
        print(repr(operation.recv(32)[:8]))

# a cipher: the key belongs to the algorithm, the vector and the direction to each message
key, iv = b"sixteen byte key", b"initial vector.."
with socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET) as algorithm:
    algorithm.bind(("skcipher", "cbc(aes)"))
    algorithm.setsockopt(socket.SOL_ALG, socket.ALG_SET_KEY, key)
    operation, _ = algorithm.accept()
    with operation:
        operation.sendmsg_afalg([b"attack ", b"at dawn!!"], op=socket.ALG_OP_ENCRYPT, iv=iv)
        secret = operation.recv(16)
        print(repr(secret))
        operation.sendmsg_afalg([secret], op=socket.ALG_OP_DECRYPT, iv=iv)
        print(repr(operation.recv(16)))
