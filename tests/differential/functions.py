"""Calls of the module's functions, and what can be wrong about any call's arguments."""

from program import Step, call, const, either, helper
from values import BAD_PORTS, BIG, NUMBERS, NUMERIC, PORTS, SHAPED

LOOKUPS = ["AI_PASSIVE", "AI_CANONNAME", "AI_NUMERICHOST", "AI_NUMERICSERV", "AI_V4MAPPED", "AI_ALL", "AI_ADDRCONFIG"]
# A list, a function or a map at the end could be taken for keywords or for what the call is about.
WHOLE = {"sendmsg", "recvmsg_into", "send_fds"}


class Functions:
    def __init__(self, values):
        self.values = values

    def spoil(self, args, method):
        """The arguments, a few times in a hundred with one too many, one too few or one of another kind."""
        values = self.values
        if not values.chance(5):
            return args
        args = list(args)
        way = values.pick(["more", "fewer", "other", "other"])
        if way == "more" or not args:
            return args + [values.odd()]
        if way == "fewer":
            return args[:-1]
        place = values.rng.randrange(len(args))
        given = args[place]
        # Bytes and text, lists and tuples are one thing in some language; numbers of bytes must stay sane.
        odd = values.pick([None, 1.5, [], True, 2**40 - 1, -1, float("nan")])
        if isinstance(given, bytes) and odd == [] or method in WHOLE:
            odd = 1.5
        args[place] = odd
        return args

    def any(self):
        """A step that calls one of them."""
        return self.values.pick([
            self.order, self.aton, self.ntoa, self.pton, self.pton, self.ntop, self.ntop, self.addrinfo, self.addrinfo, self.addrinfo,
            self.nameinfo, self.host, self.service, self.protocol, self.interface, self.room, self.flag, self.absent,
        ])()  # fmt: skip

    def plain(self, name, *args, form="", **keywords):
        return Step(call(None, name, *self.spoil(list(args), name), **keywords), (), form)

    def order(self):
        name = self.values.pick(["htons", "htonl", "ntohs", "ntohl"])
        return self.plain(name, self.values.pick(NUMBERS + BIG + [True, 1.5, "1", None]))

    def aton(self):
        return self.plain("inet_aton", self.values.text())

    def ntoa(self):
        packed = self.values.packed()
        return self.plain("inet_ntoa", helper("bytearray", packed) if self.values.chance(15) else packed, form="raw")

    def family(self):
        values = self.values
        return const(values.pick(["AF_INET", "AF_INET6"])) if values.chance(90) else values.pick([0, 1, 99, -1, 2**31, None])

    def pton(self):
        return self.plain("inet_pton", self.family(), self.values.text())

    def ntop(self):
        return self.plain("inet_ntop", self.family(), self.values.packed(), form="raw")

    def addrinfo(self):
        """Numeric hosts, and others only where no server is asked."""
        values = self.values
        host = values.pick([*NUMERIC, None, b"127.0.0.1", "", "<broadcast>", 5])
        flags = either(*values.rng.sample(LOOKUPS, values.pick([1, 1, 2, 3]))) if values.chance(50) else 0
        if values.chance(25):
            host = values.pick(SHAPED) if values.chance(50) else values.text()
            flags = either("AI_NUMERICHOST", *values.rng.sample(LOOKUPS, values.pick([0, 1])))
        elif values.chance(3):
            flags = values.pick([-1, 2**31, 2**40, 1 << 20])
        port = values.pick(PORTS) if values.chance(80) else values.pick(BAD_PORTS)
        family = const(values.pick(["AF_UNSPEC", "AF_INET", "AF_INET6"])) if values.chance(90) else values.pick([1, 99, -1, 2**31, 2**40])
        kind = values.pick([0, const("SOCK_STREAM"), const("SOCK_DGRAM"), const("SOCK_RAW"), 5, 99, -1])
        proto = values.pick([0, 0, 6, 17, 1, 255, 999, -1])
        args = [host, port]
        if values.chance(30):
            keywords = {"family": family, "type": kind, "proto": proto, "flags": flags}
            keep = {key: value for key, value in keywords.items() if key == "flags" or values.chance(50)}
            return Step(call(None, "getaddrinfo", *args, **keep))
        step = Step(call(None, "getaddrinfo", *args, family, kind, proto, flags))
        # Without its flag a malformed host would be asked for.
        return self.plain("getaddrinfo", *args, family, kind, proto, flags) if host in NUMERIC else step

    def nameinfo(self):
        values = self.values
        address = [values.pick(["127.0.0.1", "127.0.0.1", "::1", "0.0.0.0", "::", "fe80::1%lo", "1.2.3.4"]), values.pick([0, 1, 80, 53, 65535, 65536, -1])]
        if ":" in address[0] and values.chance(50):
            address += values.pick([[0], [0, 0], [0, 1], [2**20, 0], [-1, 0], [0, 2**32], [0, -1]])
        names = ["NI_NUMERICHOST", "NI_NUMERICSERV", "NI_DGRAM", "NI_NAMEREQD", "NI_NOFQDN"]
        flags = either("NI_NUMERICHOST", *values.rng.sample(names, values.pick([0, 1, 2])))
        if values.chance(8):
            address = values.pick([[], ["127.0.0.1"], ["127.0.0.1", "80"], [None, 80], [5, 80], ["127.0.0.1", 80, 0, 0, 0], ["", 80], ["127.0.0.1\0", 80]])
        if values.chance(6):
            flags = values.pick([-1, 2**31, 2**40, 1 << 20 | 1])
        target = ("tuple", address) if values.chance(96) else values.pick([5, None, "x"])
        return Step(call(None, "getnameinfo", target, flags))

    def host(self):
        values = self.values
        name = values.pick(["gethostbyname", "gethostbyname_ex", "gethostbyaddr", "getfqdn"])
        hosts = {
            "gethostbyname": ["127.0.0.1", "localhost", "", "<broadcast>", "255.255.255.255", "0", "1.2.3.4", "127.1", "x" * 300, "\0", 5, None, b"127.0.0.1"],
            "gethostbyname_ex": ["127.0.0.1", "localhost", "1.2.3.4", "0.0.0.0", "\0", 5, None],
            "gethostbyaddr": ["127.0.0.1", "::1", "localhost", "\0", 5, None],
            "getfqdn": ["127.0.0.1", "localhost", "::1"],
        }
        return self.plain(name, values.pick(hosts[name]), form="raw" if name in ("gethostbyname", "getfqdn") else "")

    def service(self):
        values = self.values
        proto = [] if values.chance(40) else [values.pick(["tcp", "udp", "", "nosuch", "TCP", "icmp", 5, None])]
        if values.chance(50):
            return self.plain("getservbyname", values.pick(["http", "domain", "HTTP", "", "nosuch", "80", 5, None, "ssh"]), *proto)
        return self.plain("getservbyport", values.pick([80, 53, 22, 0, 1, 65535, -1, 65536, 2**31, 2**40, "80", None, 1.5]), *proto, form="raw")

    def protocol(self):
        return self.plain("getprotobyname", self.values.pick(["tcp", "udp", "icmp", "ipv6", "TCP", "", "nosuch", "6", "\0", 5, None]))

    def interface(self):
        values = self.values
        if values.chance(10):
            return self.plain("if_nameindex")
        if values.chance(50):
            return self.plain("if_nametoindex", values.pick(["lo", "", "nosuch", "x" * 15, "x" * 16, "x" * 300, "lo\0", 1, None, "é", b"lo"]))
        return self.plain("if_indextoname", values.pick([1, 0, 99999, -1, 2**31, 2**32, 2**32 + 1, 2**40, 2**62, True, 1.5, "x", None]), form="raw")

    def room(self):
        return self.plain(self.values.pick(["CMSG_LEN", "CMSG_SPACE"]), self.values.pick(NUMBERS + BIG + ["x", 1.5, None]))

    def flag(self):
        name = self.values.pick(["AddressFamily", "SocketKind", "MsgFlag", "AddressInfo"])
        return Step(helper("named", name, self.values.pick(NUMBERS[1:] + [12, 29, 45])), (), "raw")

    def absent(self):
        values = self.values
        return Step(call(None, values.pick(["close", "dup"]), values.pick([-1, 1_000_000, -2, 2**31, 2**40 - 1, None, "x", 1.5])))
