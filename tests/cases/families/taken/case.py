# Addresses of the families only Linux has, of the right shape: the kernel gets them, and refuses them on a UDP socket that was only told to be of the family.
import socket


def refuse(name, protocol, address):
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with socket.socket(getattr(socket, name), socket.SOCK_DGRAM, protocol, udp.detach()) as s:
        try:
            s.bind(address)
            print(name, "no error")
        except (OSError, ValueError, OverflowError) as e:
            print(name, type(e).__name__, e)
        except Exception as e:
            print(name, type(e).__name__)


refuse("AF_NETLINK", 0, (1, 2))
refuse("AF_NETLINK", 0, (-1, 4294967295))
refuse("AF_VSOCK", 0, (4294967295, 1))
refuse("AF_VSOCK", 0, (-1, 1))
refuse("AF_PACKET", 0, ("lo", 3))
refuse("AF_PACKET", 0, ("lo", 2048, 4, 772, b"123456"))
refuse("AF_CAN", socket.CAN_RAW, ("",))
refuse("AF_CAN", socket.CAN_RAW, ("lo",))
refuse("AF_CAN", socket.CAN_ISOTP, ("lo", 1, 4294967295))
refuse("AF_CAN", socket.CAN_ISOTP, ("", -1, 1))
refuse("AF_CAN", socket.CAN_J1939, ("lo", 1, 262144, 255))
refuse("AF_CAN", socket.CAN_J1939, ("", -1, 1, 0))
refuse("AF_TIPC", 0, (1, 4242, 1, 9))
refuse("AF_TIPC", 0, (2, 4242, 1, 0, 3))
refuse("AF_TIPC", 0, (3, 1, 2, 0))
refuse("AF_ALG", 0, ("hash", "sha256"))
refuse("AF_ALG", 0, ("hash", "sha256", 1, 2))
refuse("AF_QIPCRTR", 0, (1, 2))
refuse("AF_QIPCRTR", 0, (4294967295, 1))
