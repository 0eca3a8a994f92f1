# sendmsg_afalg where it has no business, and with arguments it does not take.
import socket


def refused(f):
    try:
        f()
        print("no error")
    except (OSError, TypeError) as e:
        print(type(e).__name__, e)


with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    refused(lambda: s.sendmsg_afalg([b"data"], op=socket.ALG_OP_ENCRYPT))
    refused(lambda: s.sendmsg_afalg())
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
# A socket that was only told to be of the family.
with socket.socket(socket.AF_ALG, socket.SOCK_DGRAM, 0, udp.detach()) as s:
    refused(lambda: s.sendmsg_afalg([b"data"]))
    refused(lambda: s.sendmsg_afalg([b"data"], op=-1))
    refused(lambda: s.sendmsg_afalg([b"data"], op=socket.ALG_OP_ENCRYPT, assoclen=-1))
    refused(lambda: s.sendmsg_afalg([b"data"], op=socket.ALG_OP_ENCRYPT, iv=b"0123456789abcdef", assoclen=4))
